using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// Generic attention explainability (Chefer, Gur and Wolf, ICCV 2021) for self-attention: R = R + mean over heads of (gradient of A ⊙ A)+ R,
/// layer after layer from R = I; the explained token's row.
/// </summary>
public sealed class GenericAttention : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "generic-attention";

    /// <inheritdoc/>
    public override string Description => "attention times its gradient, multiplied through all layers";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
        => RolloutProduct.Maps(
            decision,
            Layers.OfTransformer(decision, options),
            (layer, item) => AttentionRows.PositiveMean(layer, layer.Attention.Data.Item(item), decision.Gradients[layer.Attention].Item(item)),
            options);
}
