using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>v M of one mixer.</summary>
/// <param name="layer">Layer, from 0 at the input.</param>
/// <param name="mixer">Mixer of the layer, from 0.</param>
/// <param name="mixing">How it mixed tokens.</param>
/// <param name="v">Weights of the output tokens, (Batch, L, 1).</param>
internal delegate Activation<T> MixerProduct<T>(int layer, int mixer, TokenMixing<T> mixing, Activation<T> v)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>A row vector over tokens times the matrix of one layer, whatever mixes tokens there.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="product">v M of a mixer.</param>
/// <param name="mixed">What is done with mixers of several kinds; null for mixers of one kind.</param>
internal sealed class LayerProduct<T>(MixerProduct<T> product, MixedKinds? mixed)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The mixers of a layer that take part.</summary>
    public static IReadOnlyList<MixerTrace<T>> Traces(LayerTrace<T> layer, MixedKinds? mixed) => mixed?.Of(layer) ?? layer.Mixers;

    /// <summary>v M, the sum over the layer's mixers, or their mean where they are on one scale; the layer must have one.</summary>
    /// <param name="number">Which layer it is, from 0 at the input.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="v">Weights of the output tokens.</param>
    public Activation<T> Product(int number, LayerTrace<T> layer, Activation<T> v) => Sum(number, layer, v, mixer => 1);

    /// <summary>
    /// The same with each mixer's share of the residual stream as its weight: what it adds to the stream, not what it looks at.
    /// </summary>
    public Activation<T> Added(int number, LayerTrace<T> layer, Activation<T> v) => Sum(number, layer, v, mixer => mixer.Share);

    private Activation<T> Sum(int number, LayerTrace<T> layer, Activation<T> v, Func<MixerTrace<T>, double> weight)
    {
        var traces = Traces(layer, mixed);
        var sum = Weighted(0);
        for (var mixer = 1; mixer < traces.Count; mixer++)
        {
            var next = Weighted(mixer);
            for (var row = 0; row < sum.Rows; row++)
            {
                sum.Row(row)[0] += next.Row(row)[0];
            }
        }

        if (mixed is { IsOneScale: true } && traces.Count > 1)
        {
            for (var row = 0; row < sum.Rows; row++)
            {
                sum.Row(row)[0] /= T.CreateTruncating(traces.Count);
            }
        }

        return sum;

        Activation<T> Weighted(int mixer)
        {
            var one = product(number, mixer, TokenMixing<T>.Of(traces[mixer]), v);
            if (weight(traces[mixer]) is not 1 and var factor)
            {
                foreach (ref var value in one.Extent)
                {
                    value *= T.CreateTruncating(factor);
                }
            }

            return one;
        }
    }
}
