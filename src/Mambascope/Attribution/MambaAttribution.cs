using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Mamba-Attribution: a rollout weighted by the gradient of the explained class (Ali, Zimerman and Wolf, equation 24).
/// Paper mode: I + (mean_e alpha · diag(s))+ with s[j] the mean over channels of the gradient at the mixer's output.
/// Exact mode: I + mean_e (g[i, e] T'[e, i, j] x[j, e])+ with g the gradient at the gated output: gradient times contribution, clamped
/// in every channel, as Transformer-Attribution does for every head. The gate is taken into g, which is then the gradient at y + D u:
/// the same product, and right for Mamba-2 too, whose gate has a norm.
/// </summary>
public sealed class MambaAttribution : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "attribution";

    /// <inheritdoc/>
    public override string Title => "Mamba-Attribution";

    /// <inheritdoc/>
    public override string Description => "rollout weighted by the gradient of the explained class (Mamba-Attribution)";

    /// <inheritdoc/>
    public override LayerKinds Explains => LayerKinds.Mamba;

    /// <inheritdoc/>
    public override bool HasModes => true;

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public override IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
    {
        if (options.Mode == AttributionMode.Official)
        {
            return OfficialCode.Attribution(decision, options);
        }

        var layers = Layers.OfMamba(decision, options);
        return RolloutProduct.Maps(
            decision, layers, (layer, item) => options.Mode == AttributionMode.Exact ? Contribution(decision, layer, item, options) : WeightedMean(decision, layer, item, options), options);
    }

    /// <summary>What one layer adds to the identity in exact mode.</summary>
    internal static AttentionMatrix<T> Contribution<T>(Decision<T> decision, MambaLayerTrace<T> layer, int item, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => MatrixReduction.Reduce(decision.Trace.Tape.Workers, layer, item, new()
        {
            View = AttentionView.BeforeGate,
            Sign = options.Sign ?? SignRule.Clamp,
            Reduction = options.Reduction,
            RowWeights = decision.Gradients[layer.Skipped],
            ColumnWeights = layer.X.Data,
        });

    // The sign rule acts after the mean over channels and on the weighted product, as in the equation.
    private static AttentionMatrix<T> WeightedMean<T>(Decision<T> decision, MambaLayerTrace<T> layer, int item, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = MatrixReduction.Reduce(decision.Trace.Tape.Workers, layer, item, new() { View = AttentionView.S6, Reduction = options.Reduction });
        var s = TokenGradient(decision.Gradients, layer, item);
        for (var i = 0; i < matrix.Length; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = ChannelReductions.Apply(row[j] * s[j], options.Sign ?? SignRule.Clamp);
            }
        }

        return matrix;
    }

    // s[j] = mean over d of the gradient at the mixer's output.
    private static T[] TokenGradient<T>(Replay<T> gradients, MambaLayerTrace<T> layer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gradient = gradients[layer.MixerOutput];
        return [.. Enumerable.Range(0, gradient.Length).Select(t => ChannelReductions.Reduce<T>(gradient.Row(item, t), SignRule.Keep, ChannelReduction.Mean))];
    }
}
