using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// Attention rollout (Abnar and Zuidema 2020): the explained token's row of the product over layers of (mean over heads of A + I), rows
/// scaled to sum one, later layers from the left.
/// </summary>
public sealed class TransformerRollout : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "rollout";

    /// <inheritdoc/>
    public override string Title => "attention rollout";

    /// <inheritdoc/>
    public override string Description => "attention multiplied through all layers";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
        => RolloutProduct.Maps(decision, Layers.OfTransformer(decision, options), HeadMatrix.Mean, options with { RowNormalisation = RowNormalisation.L1 });
}
