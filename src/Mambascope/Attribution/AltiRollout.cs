using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// ALTI (Ferrando, Gállego and Costa-jussà 2022): the explained token's row of the product over layers of matrices of nearness (see
/// <see cref="AltiMatrix"/>), later layers from the left; of Mamba as LaTIM has it, with the exact share of every token. Beside
/// <see cref="AltiRows"/> it is slow and, where both were measured, worse.
/// </summary>
public sealed class AltiRollout : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "alti-rollout";

    /// <inheritdoc/>
    public override string Title => "ALTI rollout";

    /// <inheritdoc/>
    public override string Description => "nearness of every token's share to every new state, multiplied through all layers (slow)";

    /// <inheritdoc/>
    public override IReadOnlyList<MixerKind> Explains => [MixerKind.Scan, MixerKind.Softmax];

    /// <inheritdoc/>
    public override bool ExplainsStages => false;

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options => [AttributionOption.StartLayer];

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override bool TakesManyPasses => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        AltiMatrix.Check(run, Name);
        var layers = LayerChoice.Of(run.Trace.Layers, run.Options);
        var product = new AttributionOptions { ResidualWeight = 0 }; // the residual stream is on the diagonal already
        var v = run.Decision.ReadVector();
        foreach (var (done, at) in layers.Reverse().Index())
        {
            run.Step(done, layers.Count);
            var layer = run.Trace.Layers[at];
            v = layer.Mixers.Count > 0 ? RolloutProduct.Step(v, AltiMatrix.Of(run, layer), product) : v;
            v = layer.Merge?.Product(v) ?? v;
        }

        return run.Decision.Maps(LayerWalk.ToFirst(run.Trace.Layers, layers[0] - 1, v));
    }
}
