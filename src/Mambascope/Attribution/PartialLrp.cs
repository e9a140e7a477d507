using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// Partial LRP (Voita et al. 2019, as in Chefer, Gur and Wolf 2021): relevance is propagated to the last layer's attention only; positive
/// part, mean over heads, the explained token's row. Rules of <see cref="TransformerRelevance"/>.
/// </summary>
public sealed class PartialLrp : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "partial-lrp";

    /// <inheritdoc/>
    public override string Title => "partial LRP";

    /// <inheritdoc/>
    public override string Description => "relevance of the last layer's attention";

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
        var last = decision.Trace.AttentionLayers[^1];
        using var relevance = decision.Backward([last.Attention], TransformerRelevance.Rules<double>(options.LrpVariant));
        var v = decision.ReadVector();
        return [.. Enumerable.Range(0, decision.Batch).Select(item =>
            decision.Map(AttentionRows.Combine(v.Item(item), AttentionRows.PositiveMean(last, relevance[last.Attention].Item(item)))))];
    }
}
