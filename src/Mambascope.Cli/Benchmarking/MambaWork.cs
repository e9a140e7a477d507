using Mambascope.Models;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Floating-point operations of each thing that is timed, from the sizes of the model alone: linear layers and scans (a forward pass of
/// Vim-S is 10.6 GFLOP). Convolutions, norms and activations are left out: they are 1 % of the work. A multiply-add is two operations,
/// an exponential one. What an implementation saves or repeats does not change the count.
/// </summary>
internal sealed class MambaWork(VisionMambaConfig sizes)
{
    // Per token, channel and state: Delta A, exp, Delta B, times u, decay h, add, C h, add.
    private const double ScanStep = 8;

    // States again (6), G = gy C + decay G' (3), du (2), dB (2), dC (2), dDelta (6).
    private const double ScanBackwardStep = 21;

    // Delta A, exp, v C, add to G, B G, add, decay G: a row of the attention of every channel, or v alpha.
    private const double RowStep = 7;

    private const int Directions = 2;

    private double States => (double)sizes.Length * sizes.InnerWidth * sizes.StateSize;

    /// <summary>One scan direction of one layer.</summary>
    internal double Scan => ScanStep * States;

    /// <summary>Forward pass.</summary>
    internal double Forward => Patches + Blocks + Head + (sizes.Depth * Directions * Scan);

    /// <summary>Gradients of a score at the tokens and at every mixer, without gradients of weights.</summary>
    internal double Backward => Blocks + Head + (sizes.Depth * Directions * ScanBackwardStep * States);

    /// <summary>A row of every channel's matrix in every layer and direction: raw attention, or a rollout without a matrix.</summary>
    internal double Rows => sizes.Depth * Directions * RowStep * States;

    /// <summary>The rows of the layers that official mode uses.</summary>
    internal double OfficialRows => (sizes.Depth - (15 * sizes.Depth / 24)) * Directions * RowStep * States;

    /// <summary>Every entry of every channel's matrix, all layers and directions: L (L + 1) / 2 pairs of E N multiply-adds.</summary>
    internal double Matrices => sizes.Depth * Directions * 2 * (sizes.Length * (sizes.Length + 1) / 2.0) * sizes.InnerWidth * sizes.StateSize;

    private double Patches => Work.Product(sizes.Patches, sizes.Channels * sizes.PatchSize * sizes.PatchSize, sizes.Width);

    private double Head => Work.Product(1, sizes.Width, sizes.Classes);

    private double Blocks => sizes.Depth * (
        Work.Product(sizes.Length, sizes.Width, 2 * sizes.InnerWidth)
        + (Directions * Work.Product(sizes.Length, sizes.InnerWidth, sizes.DtRank + (2 * sizes.StateSize)))
        + (Directions * Work.Product(sizes.Length, sizes.DtRank, sizes.InnerWidth))
        + Work.Product(sizes.Length, sizes.InnerWidth, sizes.Width));
}
