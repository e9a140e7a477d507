using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// Raw attention of a transformer: the explained token's row of the softmax probabilities, averaged over heads and layers (Ali, Zimerman
/// and Wolf, section 3.3, which finds the average over layers better than the last layer alone; see <see cref="TransformerRawLast"/>).
/// </summary>
public sealed class TransformerRaw : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "raw";

    /// <inheritdoc/>
    public override string Title => "raw attention";

    /// <inheritdoc/>
    public override string Description => "attention of the explained token, mean over heads and layers";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Attention;

    /// <inheritdoc/>
    public override bool IsClassSpecific => false;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
    {
        var layers = Layers.OfTransformer(decision, options);
        var v = decision.ReadVector();
        var total = Activation<T>.Zeros(decision.Batch, decision.Trace.Length, 1);
        foreach (var layer in layers)
        {
            var row = AttentionRows.Mean(layer, v);
            for (var i = 0; i < total.Rows; i++)
            {
                total.Row(i)[0] += row.Row(i)[0] / T.CreateTruncating(layers.Count);
            }
        }

        return decision.Maps(total);
    }
}
