using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>
/// Sizes of a scan with one decay a head, and its pieces: some neighbouring heads of one group of one item. Parts are cut by sizes alone.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct HeadScanShape
{
    private readonly int parts;

    /// <param name="inputs">The scan.</param>
    /// <param name="width">H P.</param>
    /// <param name="headsAtOnce">Most heads of a piece.</param>
    public HeadScanShape(in ScanInputs<float> inputs, int width, int headsAtOnce)
    {
        (H, P, N) = (inputs.Delta.Width, width / inputs.Delta.Width, inputs.B.Width / inputs.Groups);
        Groups = inputs.Groups;
        parts = ((H / Groups) + headsAtOnce - 1) / headsAtOnce;
        Pieces = inputs.Delta.Batch * Groups * parts;
    }

    /// <summary>Heads.</summary>
    public int H { get; }

    /// <summary>Channels of a head.</summary>
    public int P { get; }

    /// <summary>States of a channel.</summary>
    public int N { get; }

    public int Groups { get; }

    public int Pieces { get; }

    /// <summary>Pieces of one group of one item.</summary>
    public int Parts => parts;

    /// <summary>Heads of the longest part.</summary>
    public int LongestPart => ((H / Groups) + parts - 1) / parts;

    /// <summary>Item, group and heads [from, to) of a piece.</summary>
    public (int Item, int Group, int From, int To) Piece(int piece)
    {
        var (group, part, each) = (piece / parts % Groups, piece % parts, H / Groups);
        return (piece / (Groups * parts), group, (group * each) + (part * each / parts), (group * each) + ((part + 1) * each / parts));
    }

    /// <summary>a = -exp(ALog).</summary>
    public static float Rate(in ScanInputs<float> inputs, int h) => -MathF.Exp(inputs.ALog.Values<float>()[h]);
}
