using Mambascope.Attention;
using Mambascope.Models;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Rollout of relevance: the explained token's row of the product over layers of I + mean over heads of (relevance of A)+, a comparison in
/// Chefer, Gur and Wolf (CVPR 2021); rules of <see cref="TransformerRelevance"/>.
/// </summary>
public sealed class LrpRollout : TransformerLrp
{
    /// <inheritdoc/>
    public override string Name => "lrp-rollout";

    /// <inheritdoc/>
    public override string Title => "LRP rollout";

    /// <inheritdoc/>
    public override string Description => "relevance of attention multiplied through all layers, without gradients";

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options =>
        [AttributionOption.StartLayer, AttributionOption.RowNormalisation, AttributionOption.ResidualWeight, AttributionOption.LrpVariant];

    private protected override IReadOnlyList<RelevanceMap<double>> Propagate(MethodRun<double> run)
    {
        var layers = LayerChoice.Mixers<SoftmaxMixerTrace<double>, double>(run.Trace, run.Options);
        var rules = TransformerRelevance.Rules(run.Options.LrpVariant);
        using var relevance = run.Backward([.. layers.Select(layer => layer.Attention)], rules);
        return RolloutProduct.Maps(run, layers, (layer, item) =>
            AttentionRows.PositiveMean(run.Trace.Tape.Workers, layer, relevance[layer.Attention].Item(item)));
    }
}
