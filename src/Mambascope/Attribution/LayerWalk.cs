using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// The way of a row vector over tokens through a model's layers, for whatever mixes tokens there and joins them between stages.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="trace">The run.</param>
/// <param name="layers">Layers that take part, from input to output.</param>
/// <param name="start">The explained token as a row vector over the tokens of a layer.</param>
/// <param name="product">v M of a mixer.</param>
/// <param name="mixed">What is done with mixers of several kinds; null for mixers of one kind.</param>
internal sealed class LayerWalk<T>(
    Trace<T> trace, IReadOnlyList<int> layers, Func<int, Activation<T>> start, MixerProduct<T> product, MixedKinds? mixed = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<LayerTrace<T>> all = trace.Layers;
    private readonly LayerProduct<T> step = new(product, mixed);

    /// <summary>Layers that take part, from input to output.</summary>
    public IReadOnlyList<int> Layers => layers;

    /// <summary>The run.</summary>
    public Trace<T> Trace => trace;

    /// <summary>Those that mix tokens.</summary>
    public IReadOnlyList<int> Mixing { get; } = [.. layers.Where(layer => LayerProduct<T>.Traces(trace.Layers[layer], mixed).Count > 0)];

    /// <summary>The explained token as a row vector over the tokens of a layer, (Batch, L, 1).</summary>
    public Activation<T> Start(int layer) => start(layer);

    /// <summary>The mixers of a layer that take part.</summary>
    public IReadOnlyList<TokenMixing<T>> Mixers(int layer) => [.. Traces(layer).Select(TokenMixing<T>.Of)];

    /// <summary>What they computed.</summary>
    public IReadOnlyList<MixerTrace<T>> Traces(int layer) => LayerProduct<T>.Traces(all[layer], mixed);

    /// <summary>v M, the sum over the layer's mixers, or their mean where they are on one scale; the layer must have one.</summary>
    public Activation<T> Product(int layer, Activation<T> v) => step.Product(layer, all[layer], v);

    /// <summary>
    /// The same with each mixer's share of the residual stream as its weight: what it adds to the stream, not what it looks at.
    /// </summary>
    public Activation<T> Added(int layer, Activation<T> v) => step.Added(layer, all[layer], v);

    /// <summary>From the tokens of a layer to those in front of the merge before it: v S; v itself where nothing was joined.</summary>
    public Activation<T> InFront(int layer, Activation<T> v) => all[layer].Merge is { } merge ? merge.Product(v) : v;

    /// <summary>From the tokens of a layer to the model's first tokens.</summary>
    public Activation<T> ToFirst(int layer, Activation<T> v) => LayerWalk.ToFirst(all, layer, v);
}

/// <summary>Where relevance of a layer's tokens belongs at the input.</summary>
internal static class LayerWalk
{
    /// <summary>From the tokens of a layer to the model's first tokens: v S of every merge on the way.</summary>
    public static Activation<T> ToFirst<T>(IReadOnlyList<LayerTrace<T>> layers, int layer, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (; layer >= 0; layer--)
        {
            v = layers[layer].Merge?.Product(v) ?? v;
        }

        return v;
    }
}
