using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>Picks scans of a mixer.</summary>
public static class ScanSelection
{
    /// <summary>The traces of the scans in the chosen directions.</summary>
    public static IEnumerable<ScanTrace<T>> Select<T>(this ScanMixerTrace<T> mixer, ScanDirections directions)
        where T : unmanaged
        => (directions, mixer.Scans.Count) switch
        {
            (ScanDirections.Both, _) => mixer.Scans,
            (ScanDirections.Forward, _) => [mixer.Scans[0]],
            (ScanDirections.Backward, 2) => [mixer.Scans[1]],
            (ScanDirections.Columns, 4) => [mixer.Scans[1]],
            (ScanDirections.Backward, 4) => [mixer.Scans[2]],
            (ScanDirections.ColumnsBackward, 4) => [mixer.Scans[3]],
            (ScanDirections.Backward, _) => throw new BadInputException("This model scans forward only; it has no backward direction"),
            _ => throw new BadInputException(
                "This model does not scan a picture column by column; its directions are forward and backward"),
        };

    /// <summary>The causal convolution in front of a scan; null where there is none.</summary>
    internal static CausalConvolution<T>? Convolution<T>(this ScanTrace<T> scan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => scan.Before as CausalConvolution<T>;

    /// <summary>Whether nothing stands in front of a scan, or a causal convolution: what the fast forms know.</summary>
    internal static bool IsCausal<T>(this ScanTrace<T> scan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => scan.Before is null or CausalConvolution<T>;
}
