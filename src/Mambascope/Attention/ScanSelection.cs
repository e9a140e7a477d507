using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>Picks scans of a mixer.</summary>
public static class ScanSelection
{
    /// <summary>The traces of the scans in the chosen directions.</summary>
    public static IEnumerable<ScanTrace<T>> Select<T>(this ScanMixerTrace<T> mixer, ScanDirections directions)
        where T : unmanaged
        => directions switch
        {
            ScanDirections.Both => mixer.Scans,
            ScanDirections.Forward => [mixer.Scans[0]],
            _ when mixer.Scans.Count > 1 => [mixer.Scans[1]],
            _ => throw new BadInputException("This model scans forward only; it has no backward direction"),
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
