using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// Rollout of relevance: the explained token's row of the product over layers of I + mean over heads of (relevance of A)+, a comparison in
/// Chefer, Gur and Wolf (CVPR 2021); rules of <see cref="TransformerRelevance"/>.
/// </summary>
public sealed class LrpRollout : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "lrp-rollout";

    /// <inheritdoc/>
    public override string Title => "LRP rollout";

    /// <inheritdoc/>
    public override string Description => "relevance of attention multiplied through all layers, without gradients";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override bool ExplainsContrasts => false;

    /// <inheritdoc/>
    public override bool RunsModel => true;

    /// <inheritdoc/>
    public override string? Form(AttributionOptions options) => TransformerRelevance.Form(options);

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
    {
        decision.RefuseContrast(Name);
        return [.. Explain(decision.InDouble(model), options).Select(map => map.To<T>())];
    }

    private static IReadOnlyList<RelevanceMap<double>> Explain(Decision<double> decision, AttributionOptions options)
    {
        var layers = Layers.OfTransformer(decision, options);
        using var relevance = decision.Backward([.. layers.Select(layer => layer.Attention)], TransformerRelevance.Rules<double>(options.LrpVariant));
        return RolloutProduct.Maps(decision, layers, (layer, item) => AttentionRows.PositiveMean(layer, relevance[layer.Attention].Item(item)), options);
    }
}
