using Mambascope.Attention;
using Mambascope.Models;

using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Transformer-Attribution (Chefer, Gur and Wolf, CVPR 2021): the explained token's row of the product over layers of
/// I + mean over heads of (gradient of A ⊙ relevance of A)+, with the relevance rules of <see cref="TransformerRelevance"/>. Rows are not
/// normalised, as in the released code for images. The rules divide by sums near zero, so they run in double precision in any case.
/// </summary>
public sealed class TransformerAttribution : TransformerLrp
{
    /// <inheritdoc/>
    public override string Name => "transformer-attribution";

    /// <inheritdoc/>
    public override string Title => "Transformer-Attribution";

    /// <inheritdoc/>
    public override string Description => "relevance of attention times its gradient, multiplied through all layers";

    /// <inheritdoc/>
    public override IReadOnlyList<AttributionOption> Options =>
        [AttributionOption.StartLayer, AttributionOption.RowNormalisation, AttributionOption.ResidualWeight, AttributionOption.LrpVariant];

    private protected override IReadOnlyList<RelevanceMap<double>> Propagate(MethodRun<double> run)
    {
        var layers = LayerChoice.Mixers<SoftmaxMixerTrace<double>, double>(run.Trace, run.Options);
        var rules = TransformerRelevance.Rules(run.Options.LrpVariant);
        using var relevance = run.Backward([.. layers.Select(layer => layer.Attention)], rules);
        return RolloutProduct.Maps(run, layers, (layer, item) =>
            AttentionRows.PositiveMean(layer, relevance[layer.Attention].Item(item), run.GradientsOfLayers[layer.Attention].Item(item)));
    }
}
