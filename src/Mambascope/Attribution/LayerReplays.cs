using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// One way back through a run, layer by layer from the last to the first: the adjoints of a layer are there until those of another are
/// asked for. The same bits as one replay of the whole, with the memory of one layer's adjoints.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="decision">What is explained.</param>
/// <param name="rules">Relevance rules that look at one operator at a time; null for the gradient.</param>
/// <param name="wanted">Values of a layer whose adjoints are asked for.</param>
internal sealed class LayerReplays<T>(Decision<T> decision, RuleSet<T>? rules, Func<LayerTrace<T>, IEnumerable<Value<T>>> wanted)
    : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<LayerTrace<T>> layers = decision.Trace.Layers;
    private Replay<T>? replay;
    private int at;

    /// <summary>
    /// The adjoints of a layer. A layer behind the one before is found from the scores anew, so ask for the last one first.
    /// </summary>
    /// <param name="layer">Layer, from 0.</param>
    /// <param name="cancellation">Stops the way back.</param>
    public Replay<T> Of(int layer, CancellationToken cancellation = default)
    {
        if (replay is null || at < layer)
        {
            using var head = decision.Backward([layers[^1].Output], rules, cancellation);
            Enter(layers.Count - 1, head[layers[^1].Output], cancellation);
        }

        while (at > layer)
        {
            Enter(at - 1, replay![layers[at].Input], cancellation);
        }

        return replay!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        replay?.Dispose();
        replay = null;
    }

    private void Enter(int layer, Activation<T> adjoint, CancellationToken cancellation)
    {
        var trace = layers[layer];
        var next = decision.Trace.Tape.Backward(
            trace.Output, adjoint, [trace.Input, .. wanted(trace)], rules, cancellation: cancellation);
        replay?.Dispose();
        (replay, at) = (next, layer);
    }
}
