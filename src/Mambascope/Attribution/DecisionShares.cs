using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>How much of a score goes through the parts of one layer.</summary>
/// <param name="Layer">Layer, from 0.</param>
/// <param name="Parts">
/// Relevance of what each kind of part added to the residual stream: "scan", "attention", "MLP", "experts"; in units of the score.
/// </param>
public sealed record LayerShares(int Layer, IReadOnlyList<KeyValuePair<string, double>> Parts);

/// <summary>
/// How much of a decision goes through scans, attention and MLPs, layer by layer: the sum over tokens and channels of what a part added to
/// the residual stream times its relevance adjoint, by the rules of <see cref="MambaLrp"/>. What a layer's parts do not account for passes
/// it in the residual stream, or is due to biases behind it; up to those, both together are the score at every layer.
/// </summary>
public static class DecisionShares
{
    /// <summary>The shares of every layer for one item of a run.</summary>
    /// <param name="decision">What was decided.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<LayerShares> Of<T>(Decision<T> decision, int item = 0, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(decision);
        var layers = decision.Trace.Layers;
        using var replays = new LayerReplays<T>(decision, MambaLrp.Hybrid<T>(), layer => layer.Parts.Select(part => part.Output));
        return
        [
            .. layers.Select((layer, i) => (Layer: layer, Number: i)).Reverse().Select(at =>
            {
                var replay = replays.Of(at.Number, cancellation);
                return new LayerShares(
                    at.Number,
                    [
                        .. at.Layer.Parts.GroupBy(Word).Select(parts =>
                            KeyValuePair.Create(parts.Key, parts.Sum(part => Relevance(replay, part.Output, item)))),
                    ]);
            }).Reverse(),
        ];
    }

    private static string Word<T>(LayerPart<T> part)
        where T : unmanaged
        => part.Shape?.Kind.Name ?? (part.Experts is null ? "MLP" : "experts");

    private static double Relevance<T>(Replay<T> replay, Value<T> output, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (adjoint, sum) = (replay[output], 0.0);
        for (var t = 0; t < adjoint.Length; t++)
        {
            var values = output.Data.Row(item, t);
            var weights = adjoint.Row(item, t);
            for (var i = 0; i < values.Length; i++)
            {
                sum += double.CreateTruncating(values[i] * weights[i]);
            }
        }

        return sum;
    }
}
