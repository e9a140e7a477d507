using Mambascope.Attention;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>
/// The explained token's row of the last layer's softmax probabilities, averaged over heads.
/// </summary>
public sealed class TransformerRawLast : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "raw-last";

    /// <inheritdoc/>
    public override string Title => "attention, last layer";

    /// <inheritdoc/>
    public override string Description => "attention of the explained token in the last layer, mean over heads";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
        => decision.Maps(AttentionRows.Mean(decision.Trace.AttentionLayers[^1], decision.ReadVector()));
}
