using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// Transformer-Attribution (Chefer, Gur and Wolf, CVPR 2021): the explained token's row of the product over layers of
/// I + mean over heads of (gradient of A ⊙ relevance of A)+, with the relevance rules of <see cref="TransformerRelevance"/>. Rows are not
/// normalised, as in the released code for images. The rules divide by sums near zero, so they run in double precision in any case.
/// </summary>
public sealed class TransformerAttribution : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "transformer-attribution";

    /// <inheritdoc/>
    public override string Title => "Transformer-Attribution";

    /// <inheritdoc/>
    public override string Description => "relevance of attention times its gradient, multiplied through all layers";

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
        return RolloutProduct.Maps(
            decision, layers, (layer, item) => AttentionRows.PositiveMean(layer, relevance[layer.Attention].Item(item), decision.Gradients[layer.Attention].Item(item)), options);
    }
}
