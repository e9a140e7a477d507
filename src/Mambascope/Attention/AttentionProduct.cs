using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// v M for the hidden attention matrices of a layer without forming any: an adjoint scan costs O(L E N) where the matrices cost
/// O(L² E N) (method: the vector-matrix product runs the scan's recurrence backwards with C weighted by v).
/// </summary>
public static class AttentionProduct
{
    /// <summary>
    /// W[j, e] = sum over i of v[i] M[e, i, j] for every channel: with v a unit vector, one row of every channel's matrix.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="view">S6 or whole mixer.</param>
    /// <param name="directions">Scan directions to add up.</param>
    /// <param name="v">Weights of the output tokens, (Batch, L, 1).</param>
    /// <param name="w">Result (Batch, L, E); overwritten.</param>
    public static void Channels<T>(Workers workers, BufferPool<T> pool, LayerTrace<T> layer, AttentionView view, ScanDirections directions, Activation<T> v, Activation<T> w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (batch, L, E) = (w.Batch, w.Length, w.Width);
        var weighted = pool.Rent(batch, L, E);
        var through = pool.Rent(batch, L, E);
        OutputWeights(workers, layer, view, v, weighted);
        var isFirst = true;
        foreach (var direction in layer.Select(directions))
        {
            HiddenAttentionScan.Adjoint(workers, direction.ScanInputs, weighted, through);
            if (view == AttentionView.S6)
            {
                Sum.Backward(workers, through, w, accumulate: !isFirst);
            }
            else
            {
                // (alpha + D I), then sigma(p) and the convolution, all transposed.
                SkipConnection.BackwardInput(workers, weighted, direction.D, through, accumulate: true);
                TimesSigmoid(workers, through, direction.P.Data);
                CausalConv1d.BackwardInput(workers, through, direction.Conv, direction.Order, w, accumulate: !isFirst);
            }

            isFirst = false;
        }

        pool.Return(weighted);
        pool.Return(through);
    }

    /// <summary>v mean_e(M) for one layer: (Batch, L, 1).</summary>
    public static Activation<T> Mean<T>(Workers workers, BufferPool<T> pool, LayerTrace<T> layer, AttentionView view, ScanDirections directions, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = layer.X.Data.Width;
        var w = pool.Rent(v.Batch, v.Length, E);
        Channels(workers, pool, layer, view, directions, v, w);
        var mean = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var row = 0; row < w.Rows; row++)
        {
            var sum = T.Zero;
            foreach (var value in w.Row(row))
            {
                sum += value;
            }

            mean.Row(row)[0] = sum / T.CreateTruncating(E);
        }

        pool.Return(w);
        return mean;
    }

    // The S6 view starts at the scan's output, the block view before the gate: v times scale silu(z).
    private static void OutputWeights<T>(Workers workers, LayerTrace<T> layer, AttentionView view, Activation<T> v, Activation<T> weighted)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (view == AttentionView.Block)
        {
            Silu.Forward(workers, layer.Z.Data, weighted);
        }

        var scale = T.CreateTruncating(layer.DirectionScale);
        for (var row = 0; row < weighted.Rows; row++)
        {
            var to = weighted.Row(row);
            var factor = v.Row(row)[0];
            if (view == AttentionView.S6 || factor == T.Zero)
            {
                to.Fill(factor);
                continue;
            }

            for (var e = 0; e < to.Length; e++)
            {
                to[e] *= factor * scale;
            }
        }
    }

    private static void TimesSigmoid<T>(Workers workers, Activation<T> values, Activation<T> p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(values.Rows, row =>
        {
            var to = values.Row(row);
            var from = p.Row(row);
            for (var e = 0; e < to.Length; e++)
            {
                to[e] /= T.One + T.Exp(-from[e]);
            }
        });
}
