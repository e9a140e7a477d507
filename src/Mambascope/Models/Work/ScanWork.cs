namespace Mambascope.Models;

/// <summary>Operations of selective scans whose channels each have a decay of their own (Mamba).</summary>
/// <param name="Directions">Scans side by side.</param>
/// <param name="Channels">Channels, E.</param>
/// <param name="States">States of a channel, N.</param>
internal sealed record ScanWork(int Directions, int Channels, int States) : MixerWork
{
    // Per token, channel and state: Delta A, exp, Delta B, times u, decay h, add, C h, add.
    private const double Step = 8;

    // States again (6), G = gy C + decay G' (3), du (2), dB (2), dC (2), dDelta (6).
    private const double BackwardStep = 21;

    // Delta A, exp, v C, add to G, B G, add, decay G: a row of the attention of every channel, or v alpha.
    private const double RowStep = 7;

    /// <inheritdoc/>
    public override double Forward(int tokens) => Directions * OneDirection(tokens);

    /// <summary>One of the scans.</summary>
    public double OneDirection(int tokens) => Step * Values(tokens);

    /// <inheritdoc/>
    public override double Backward(int tokens) => Directions * BackwardStep * Values(tokens);

    /// <inheritdoc/>
    public override double Row(int tokens) => Directions * RowStep * Values(tokens);

    /// <summary>No matrix is needed: as much as a row.</summary>
    public override double Product(int tokens) => Row(tokens);

    /// <summary>L (L + 1) / 2 pairs of E N multiply-adds.</summary>
    public override double Matrices(int tokens) => Directions * (tokens * (tokens + 1.0)) * Channels * States;

    private double Values(int tokens) => (double)tokens * Channels * States;
}
