namespace Mambascope.Models;

/// <summary>Operations of a selective scan whose heads share decay and step (Mamba-2).</summary>
/// <param name="Channels">Channels, E.</param>
/// <param name="States">States of a channel, N.</param>
/// <param name="Heads">Heads, H.</param>
/// <param name="Groups">Groups of heads with B and C of their own, G.</param>
internal sealed record HeadScanWork(int Channels, int States, int Heads, int Groups) : MixerWork
{
    // Per token, channel and state, Delta u being one a channel: B u, decay S, add, C S, add.
    private const double Step = 5;

    // States again (3), G = gy C + decay G' (3), du (2), dB (2), dC (2), d decay (2).
    private const double BackwardStep = 14;

    // v C, add to G, B G, add, decay G.
    private const double RowStep = 5;

    /// <inheritdoc/>
    public override double Forward(int tokens) => Step * Values(tokens);

    /// <inheritdoc/>
    public override double Backward(int tokens) => BackwardStep * Values(tokens);

    /// <inheritdoc/>
    public override double Row(int tokens) => RowStep * Values(tokens);

    /// <summary>No matrix is needed: as much as a row.</summary>
    public override double Product(int tokens) => Row(tokens);

    /// <summary>L (L + 1) / 2 pairs of G N multiply-adds, and one more for each head.</summary>
    public override double Matrices(int tokens) => tokens * (tokens + 1.0) * ((Groups * (double)States) + Heads);

    private double Values(int tokens) => (double)tokens * Channels * States;
}
