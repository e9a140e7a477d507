using System.Buffers;
using System.Numerics.Tensors;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// The fast form of <see cref="MatrixReduction"/> for scans over a grid (VMamba), whose paths fill the same entries: a channel's paths are
/// computed by <see cref="ChannelMatrixKernel{TWidth, TVector}"/> in their own time and added up in token order; then row by row what
/// stands before the scans (a convolution over the grid, transposed), factors, sign and fold. Where nothing of that is asked for, paths are
/// summed over channels first. Channels are cut into a fixed number of groups, each with a total of its own, so that no number of threads
/// changes the result.
/// </summary>
internal readonly struct GridReduction : IWidthKernel
{
    private const int Tile = ChannelMatrixKernel<Width1, float>.Tile;

    // Channels whose series are gathered together: a cache line of the (L, E) layout.
    private const int GatherWidth = SeriesGather<Width1, float>.Width;
    private const int MostGroups = 4;

    private readonly Workers workers;
    private readonly ScanMixerTrace<float> layer;
    private readonly int item;
    private readonly MatrixRequest<float> request;
    private readonly AttentionMatrix<float> result;
    private readonly CancellationToken cancellation;

    private GridReduction(
        Workers workers,
        ScanMixerTrace<float> layer,
        int item,
        MatrixRequest<float> request,
        AttentionMatrix<float> result,
        CancellationToken cancellation)
    {
        this.workers = workers;
        this.layer = layer;
        this.item = item;
        this.request = request;
        this.result = result;
        this.cancellation = cancellation;
    }

    private bool IsWholeMixer => request.View != AttentionView.S6;

    // Sums over channels commute with everything then.
    private bool IsPlainMean
        => request is { View: AttentionView.S6, Sign: SignRule.Keep, Reduction: ChannelReduction.Mean }
        && request is { RowWeights: null, ColumnWeights: null };

    private int Groups => Math.Min(MostGroups, (layer.X.Data.Width + GatherWidth - 1) / GatherWidth);

    /// <summary>Whether this form computes the request: all channels, all scans behind one convolution over a grid, no product.</summary>
    public static bool CanReduce<T>(ScanMixerTrace<T> layer, MatrixRequest<T> request)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => request is { Channels: null } && request.Reduction != ChannelReduction.Product
        && layer.Scans[0].Before is GridConvolution<T> first
        && layer.Scans.All(scan => ReferenceEquals(scan.Before, first) && scan.Heads is null);

    /// <summary>Reduces with the widest registers of this machine.</summary>
    public static AttentionMatrix<float> Reduce(
        Workers workers, ScanMixerTrace<float> layer, int item, MatrixRequest<float> request, CancellationToken cancellation)
    {
        var matrix = new AttentionMatrix<float>(layer.X.Data.Length);
        WidestRegisters.Run(new GridReduction(workers, layer, item, request, matrix, cancellation));
        return matrix;
    }

    /// <summary>Reduces with registers of a given width; for tests.</summary>
    public static AttentionMatrix<float> Reduce<TWidth, TVector>(
        Workers workers, ScanMixerTrace<float> layer, int item, MatrixRequest<float> request)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var matrix = new AttentionMatrix<float>(layer.X.Data.Length);
        new GridReduction(workers, layer, item, request, matrix, CancellationToken.None).Run<TWidth, TVector>();
        return matrix;
    }

    /// <inheritdoc/>
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        if (IsPlainMean)
        {
            foreach (var path in layer.Select(request.Directions))
            {
                SumOverChannels<TWidth, TVector>(path);
            }

            TensorPrimitives.Multiply(result.Values, 1f / layer.X.Data.Width, result.Values);
            return;
        }

        var (own, groups, E) = (this, Groups, layer.X.Data.Width);
        GridRows rows = new(layer, item, request);
        var totals = new float[groups][];
        workers.For(groups, group =>
        {
            totals[group] = Rent(own.result.Values.Length);
            totals[group].AsSpan(0, own.result.Values.Length).Fill(rows.Start);
            own.Channels<TWidth, TVector>(rows, group * E / groups, (group + 1) * E / groups, totals[group]);
        });
        totals[0].AsSpan(0, result.Values.Length).CopyTo(result.Values);
        foreach (var total in totals.Skip(1))
        {
            rows.Join(total.AsSpan(0, result.Values.Length), result.Values);
        }

        Return(totals);
        if (request.Reduction == ChannelReduction.Mean)
        {
            TensorPrimitives.Multiply(result.Values, 1f / E, result.Values);
        }
    }

    // The sum over channels of a path's matrices, in its own time, then into place.
    private void SumOverChannels<TWidth, TVector>(ScanTrace<float> path)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (own, groups, L, E) = (this, Groups, layer.X.Data.Length, layer.X.Data.Width);
        var stride = ChannelMatrixKernel<TWidth, TVector>.RowStride(L);
        var (totals, diagonals) = (new float[groups][], new float[groups][]);
        workers.For(groups, group =>
        {
            (totals[group], diagonals[group]) = (Rent(L * stride), new float[L]);
            totals[group].AsSpan(0, L * stride).Clear();
            own.Fold<TWidth, TVector, SumFold<TWidth, TVector, KeepSign<TWidth, TVector>>>(
                [path], group * E / groups, (group + 1) * E / groups, totals[group], (_, _, one) =>
                    TensorPrimitives.Add(diagonals[group], one, diagonals[group]));
        });
        for (var group = 0; group < groups; group++)
        {
            AddInPlace(path.Order, totals[group], stride, diagonals[group], result.Values);
        }

        Return(totals);
    }

    // Channel by channel: the sum of its paths in token order, then its rows into the total.
    private void Channels<TWidth, TVector>(GridRows rows, int first, int end, float[] total)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var L = layer.X.Data.Length;
        var stride = ChannelMatrixKernel<TWidth, TVector>.RowStride(L);
        ScanTrace<float>[] paths = [.. layer.Select(request.Directions)];
        float[][] scratch = [Rent(L * stride), Rent(L * L)];
        var (one, sum) = (scratch[0], scratch[1]);
        var lines = rows.NewLines();
        Fold<TWidth, TVector, Overwrite<TWidth, TVector>>(paths, first, end, one, (channel, path, diagonal) =>
        {
            if (path == 0)
            {
                sum.AsSpan(0, L * L).Clear();
            }

            AddInPlace(paths[path].Order, one, stride, diagonal, sum);
            if (path == paths.Length - 1)
            {
                rows.Fold(channel, sum, lines, total);
            }
        });
        Return(scratch);
    }

    // Matrices of channels [first, end), each path of a channel into the total, told when it is there: (channel, path, its diagonal).
    private unsafe void Fold<TWidth, TVector, TFold>(
        ScanTrace<float>[] paths, int first, int end, float[] total, Action<int, int, float[]> done)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var (own, L, N) = (this, layer.X.Data.Length, layer.Scans[0].B.Data.Width);
        var stride = ChannelMatrixKernel<TWidth, TVector>.RowStride(L);
        var perPath = SeriesGather<TWidth, TVector>.Size(N, stride);
        var size = (paths.Length * perPath) + N + (2 * Tile) + ChannelMatrixKernel<TWidth, TVector>.ScratchSize(L, N);
        MatrixRequest<float> scanAlone = new();
        var diagonal = new float[L];
        ScanScratch.Use(size, memory =>
        {
            new Span<float>(memory, size).Clear();
            var a = memory + (paths.Length * perPath);
            var scratch = a + N + (2 * Tile);
            ChannelMatrixKernel<TWidth, TVector>.Prepare(L, N, scratch);
            fixed (float* to = total, at = diagonal)
            {
                for (var channel = first; channel < end; channel += GatherWidth)
                {
                    own.cancellation.ThrowIfCancellationRequested();
                    var count = Math.Min(GatherWidth, end - channel);
                    var gathers = new SeriesGather<TWidth, TVector>[paths.Length];
                    for (var path = 0; path < paths.Length; path++)
                    {
                        gathers[path] = new(own.layer, paths[path], own.item, scanAlone, stride, memory + (path * perPath));
                        gathers[path].Gather(channel, count);
                    }

                    for (var c = 0; c < count; c++)
                    {
                        for (var path = 0; path < paths.Length; path++)
                        {
                            var series = gathers[path].Series(channel, c, a, a + N);
                            ChannelMatrixKernel<TWidth, TVector>.Fold<TFold>(series, to, at, scratch);
                            done(channel + c, path, diagonal);
                        }
                    }
                }
            }
        });
    }

    // sum[tokens r, tokens j] += matrix[r, j] for j before r in time, and the diagonal.
    private static void AddInPlace(ScanOrder order, float[] matrix, int stride, float[] diagonal, float[] sum)
    {
        var L = order.Length;
        var tokens = order.Tokens;
        var isForward = tokens[0] == 0 && (L == 1 || tokens[1] == 1);
        for (var r = 0; r < L; r++)
        {
            var from = matrix.AsSpan(r * stride, r);
            var to = sum.AsSpan(tokens[r] * L, L);
            if (isForward)
            {
                TensorPrimitives.Add(to[..r], from, to[..r]);
            }
            else
            {
                for (var j = 0; j < from.Length; j++)
                {
                    to[tokens[j]] += from[j];
                }
            }

            to[tokens[r]] += diagonal[r];
        }
    }

    // Fresh pages for every layer would cost more than the sums.
    private static float[] Rent(int count) => ArrayPool<float>.Shared.Rent(count);

    private static void Return(IEnumerable<float[]> arrays)
    {
        foreach (var array in arrays)
        {
            ArrayPool<float>.Shared.Return(array);
        }
    }
}
