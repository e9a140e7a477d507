using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>Takes edges out of a causal convolution (<see cref="CausalConv1d"/>): p_t loses w_k x_s over the cut edges from s to
/// t.</summary>
internal static class TapCut
{
    /// <summary>p[b, t, e] -= w[e, 0, k] x[b, s, e] over cut edges (t, s), where tap k brings s to t.</summary>
    /// <param name="x">Input of the convolution.</param>
    /// <param name="w">Its taps, (E, 1, K).</param>
    /// <param name="order">Order of its steps.</param>
    /// <param name="sources">Tokens that lose edges.</param>
    /// <param name="isCut">Whether the edge (output, source) is cut.</param>
    /// <param name="p">Output of the convolution; changed in place.</param>
    /// <param name="channels">The channels in which edges are cut.</param>
    public static void Convolution<T>(
        Activation<T> x, Weight w, ScanOrder order, IEnumerable<int> sources, Func<int, int, bool> isCut, Activation<T> p,
        (int First, int Count) channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (taps, K, steps) = (w.Values<T>(), w.Columns, order.Steps());
        foreach (var source in sources.Distinct())
        {
            var first = steps[source];
            for (var step = first; step < Math.Min(first + K, order.Length); step++)
            {
                var (output, k) = (order.Tokens[step], K - 1 - (step - first));
                for (var item = 0; item < p.Batch && isCut(output, source); item++)
                {
                    var to = p.Row(item, output);
                    var from = x.Row(item, source);
                    for (var e = channels.First; e < channels.First + channels.Count; e++)
                    {
                        to[e] -= taps[(e * K) + k] * from[e];
                    }
                }
            }
        }
    }
}
