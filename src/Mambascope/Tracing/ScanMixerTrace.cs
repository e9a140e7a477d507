using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>What a mixer of one or more selective scans computed.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="X">x-branch in front of convolution and scans (Batch, L, E); all scans read it.</param>
/// <param name="Scans">One trace a scan: one for a causal model, two for Vision Mamba.</param>
/// <param name="After">What stands between the sum of the scans and the input of out_proj.</param>
/// <param name="Skipped">Sum over scans of y + D u (Batch, L, E).</param>
/// <param name="Gated">The input of out_proj (Batch, L, E).</param>
/// <param name="Output">Output of out_proj, before the residual sum (Batch, L, d).</param>
public sealed record ScanMixerTrace<T>(
    Value<T> X, IReadOnlyList<ScanTrace<T>> Scans, AfterScan<T> After, Value<T> Skipped, Value<T> Gated, Value<T> Output)
    : MixerTrace<T>(Output)
    where T : unmanaged
{
    /// <inheritdoc/>
    public override MixerShape Shape => MixerShape.OfScans(X.Width, Scans[0].Heads, Scans.Count);

    /// <inheritdoc/>
    public override IEnumerable<Value<T>> Explained => [Skipped, Output];
}
