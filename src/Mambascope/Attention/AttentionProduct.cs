using System.Numerics;
using System.Numerics.Tensors;
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
    public static void Channels<T>(
        Workers workers,
        BufferPool<T> pool,
        ScanMixerTrace<T> layer,
        AttentionView view,
        ScanDirections directions,
        Activation<T> v,
        Activation<T> w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Channels(workers, pool, layer, view, directions, v, w, later: null);

    /// <summary>
    /// The same for a piece of a text: <paramref name="later"/> is what the pieces after it owe to this one, replaced by what all owe to
    /// those before.
    /// </summary>
    internal static void Channels<T>(
        Workers workers,
        BufferPool<T> pool,
        ScanMixerTrace<T> layer,
        AttentionView view,
        ScanDirections directions,
        Activation<T> v,
        Activation<T> w,
        PieceProduct<T>? later)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && later is null && view != AttentionView.S6 && IsOneGo(layer))
        {
            InOneGo(workers, pool, layer, view, [.. layer.Select(directions)], v, w, isSummed: false);
            return;
        }

        var through = pool.Rent(w.Batch, w.Length, w.Width);
        var weighted = view == AttentionView.S6 ? v : OutputWeights(workers, pool, layer, view, v);
        var isFirst = true;
        foreach (var scan in layer.Select(directions))
        {
            HiddenAttentionScan.Adjoint(workers, scan.ScanInputs, weighted, through, LastStep(scan.Order, v), later?.Scan);
            if (view == AttentionView.S6)
            {
                Sum.Backward(workers, through, w, accumulate: !isFirst);
            }
            else
            {
                // (alpha + D I), then what stands before the scan, all transposed.
                SkipConnection.BackwardInput(workers, weighted, scan.D, through, accumulate: true);
                if (scan.Before is { } before)
                {
                    before.Transpose(workers, pool, scan.Order, through, w, accumulate: !isFirst, later?.Before);
                }
                else
                {
                    Sum.Backward(workers, through, w, accumulate: !isFirst);
                }
            }

            isFirst = false;
        }

        if (view != AttentionView.S6)
        {
            pool.Return(weighted);
        }

        pool.Return(through);
    }

    // Whether one kernel goes through the scan and what stands around it.
    private static bool IsOneGo<T>(ScanMixerTrace<T> layer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => layer.X.Width % ScanSurroundings.ChannelMultiple == 0
            && layer.Scans.All(scan =>
                scan.Heads is null && scan.Before is CausalConvolution<T> { Taps.Columns: ScanSurroundings.TapCount });

    private static void InOneGo<T>(
        Workers workers, BufferPool<T> pool, ScanMixerTrace<T> layer, AttentionView view, IReadOnlyList<ScanTrace<T>> scans,
        Activation<T> v, Activation<T> w, bool isSummed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weighted = OutputWeights(workers, pool, layer, view, v, scans is [var only] ? Read(only.Order, v) : null);
        for (var i = 0; i < scans.Count; i++)
        {
            var (scan, before) = (scans[i], (CausalConvolution<T>)scans[i].Before!);
            ScanSurroundings around = new(
                scan.D.Values<float>(),
                ConvTaps.Of(before.Taps).Backward,
                before.P.Data.AsSingle(),
                FirstStep(scan.Order, v),
                Accumulate: i > 0,
                isSummed);
            HiddenAttentionScan.AdjointOfMixer(
                workers, SelectiveScan.AsSingle(scan.ScanInputs), around, weighted.AsSingle(), w.AsSingle(), LastStep(scan.Order, v));
        }

        pool.Return(weighted);
    }

    /// <summary>v mean_e(M) for one layer: (Batch, L, 1).</summary>
    public static Activation<T> Mean<T>(
        Workers workers, BufferPool<T> pool, ScanMixerTrace<T> layer, AttentionView view, ScanDirections directions, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Mean(workers, pool, layer, view, directions, v, later: null);

    /// <summary>The same for a piece of a text.</summary>
    internal static Activation<T> Mean<T>(
        Workers workers,
        BufferPool<T> pool,
        ScanMixerTrace<T> layer,
        AttentionView view,
        ScanDirections directions,
        Activation<T> v,
        PieceProduct<T>? later)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = layer.X.Width;
        var mean = Activation<T>.Zeros(v.Batch, v.Length, 1);
        if (typeof(T) == typeof(float) && later is null && view != AttentionView.S6 && IsOneGo(layer))
        {
            var sums = pool.Rent(v.Batch, ScanSurroundings.Groups(E), v.Length);
            InOneGo(workers, pool, layer, view, [.. layer.Select(directions)], v, sums, isSummed: true);
            for (var item = 0; item < v.Batch; item++)
            {
                var to = mean.Item(item).Extent;
                for (var group = 0; group < sums.Length; group++)
                {
                    TensorPrimitives.Add(to, sums.Row(item, group), to);
                }

                TensorPrimitives.Divide(to, T.CreateTruncating(E), to);
            }

            pool.Return(sums);
            return mean;
        }

        var w = pool.Rent(v.Batch, v.Length, E);
        Channels(workers, pool, layer, view, directions, v, w, later);
        RowBlocks.For(workers, w.Rows, E, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                mean.Row(row)[0] = TensorPrimitives.Sum<T>(w.Row(row)) / T.CreateTruncating(E);
            }
        });
        pool.Return(w);
        return mean;
    }

    // What the outputs weigh before the gate, (Batch, L, E): v times the gate's factors in the block view, v itself before the gate.
    // Where v is 0, as all but everywhere in a unit vector, there is nothing to work out; what nobody reads is left undefined.
    private static Activation<T> OutputWeights<T>(
        Workers workers, BufferPool<T> pool, ScanMixerTrace<T> layer, AttentionView view, Activation<T> v, bool[]? isRead = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = layer.X.Data;
        var weighted = pool.Rent(x.Batch, x.Length, x.Width);
        if (view == AttentionView.Block && layer.After.Z is { } z)
        {
            foreach (var (first, count) in RunsWithWeight(v))
            {
                Silu.Forward(workers, Rows(z.Data, first, count), Rows(weighted, first, count));
            }
        }
        else if (view == AttentionView.Block)
        {
            weighted.Extent.Fill(T.One);
        }

        var scale = T.CreateTruncating(layer.After.Scale);
        RowBlocks.For(workers, weighted.Rows, weighted.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                if (isRead is not null && !isRead[row % v.Length])
                {
                    continue;
                }

                var to = weighted.Row(row);
                if (view == AttentionView.BeforeGate || v.Row(row)[0] == T.Zero)
                {
                    to.Fill(v.Row(row)[0]);
                    continue;
                }

                TensorPrimitives.Multiply(to, v.Row(row)[0] * scale, to);
                MixerGate.Normalise(layer.After, row, to);
            }
        });
        return weighted;
    }

    private static IEnumerable<(int First, int Count)> RunsWithWeight<T>(Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < v.Rows; row++)
        {
            var first = row;
            while (row < v.Rows && v.Row(row)[0] != T.Zero)
            {
                row++;
            }

            if (row > first)
            {
                yield return (first, row - first);
            }
        }
    }

    private static Activation<T> Rows<T>(Activation<T> of, int first, int count)
        where T : unmanaged
        => new(of.Buffer, of.Offset + (first * of.RowStride), 1, count, of.Width, of.RowStride);

    // The tokens whose outputs' weights are read: those from the tile of steps on in which the first one is not zero.
    private static bool[] Read<T>(ScanOrder order, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isRead = new bool[v.Length];
        foreach (var token in order.Tokens[Math.Max(0, FirstStep(order, v) - ScanSurroundings.StepsAtOnce)..(LastStep(order, v) + 1)])
        {
            isRead[token] = true;
        }

        return isRead;
    }

    // The first step in scan time at which any item's v is not zero.
    private static int FirstStep<T>(ScanOrder order, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var t = 0; t < v.Length - 1; t++)
        {
            for (var item = 0; item < v.Batch; item++)
            {
                if (v.Row(item, order.Tokens[t])[0] != T.Zero)
                {
                    return t;
                }
            }
        }

        return v.Length - 1;
    }

    // The last step in scan time at which any item's v is not zero; a unit vector at the class token halves the work.
    private static int LastStep<T>(ScanOrder order, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var t = v.Length - 1; t > 0; t--)
        {
            for (var item = 0; item < v.Batch; item++)
            {
                if (v.Row(item, order.Tokens[t])[0] != T.Zero)
                {
                    return t;
                }
            }
        }

        return 0;
    }
}
