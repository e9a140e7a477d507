using System.Buffers;
using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// The fast form of <see cref="MatrixReduction"/>: channels stream through <see cref="ChannelMatrixKernel{TWidth, TVector}"/> into
/// totals of L x L. Channels are cut into a fixed number of groups, each with totals of its own, added in order; so the result does not
/// depend on the number of threads.
/// </summary>
/// <remarks>
/// Each direction is reduced in its own scan time. That is the same as reducing the sum of the directions, because a causal direction
/// fills one triangle only: away from the diagonal an entry has a single direction when the two run opposite ways. The diagonal is summed
/// over directions before the sign rule.
/// </remarks>
internal readonly struct StreamedReduction : IWidthKernel
{
    private const int Tile = ChannelMatrixKernel<Width1, float>.Tile;

    private const int GatherWidth = SeriesGather<Width1, float>.Width;

    private readonly Workers workers;
    private readonly ScanMixerTrace<float> layer;
    private readonly int item;
    private readonly MatrixRequest<float> request;
    private readonly AttentionMatrix<float> result;
    private readonly CancellationToken cancellation;

    private StreamedReduction(
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

    /// <summary>
    /// Whether this form computes the request: all channels, each with a matrix and a plain gate of its own, no product over them, and no
    /// two directions that fill the same triangle.
    /// </summary>
    public static bool CanReduce<T>(ScanMixerTrace<T> layer, MatrixRequest<T> request)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (request.Reduction == ChannelReduction.Product || request.Channels is not null
            || layer.After.Norm is not null || layer.Scans.Any(scan => scan.Heads is not null || !scan.IsCausal()))
        {
            return false;
        }

        var directions = layer.Select(request.Directions).ToArray();
        if (directions.Any(scan => scan.Convolution()?.Taps.Columns > ChannelMatrixKernel<Width1, float>.MaxTaps))
        {
            return false;
        }

        return directions.Length == 1 || (directions.Length == 2 && AreOpposite(directions[0].Order, directions[1].Order));
    }

    /// <summary>Reduces with the widest registers of this machine.</summary>
    public static AttentionMatrix<float> Reduce(
        Workers workers, ScanMixerTrace<float> layer, int item, MatrixRequest<float> request, CancellationToken cancellation)
    {
        var matrix = new AttentionMatrix<float>(layer.X.Data.Length);
        WidestRegisters.Run(new StreamedReduction(workers, layer, item, request, matrix, cancellation));
        return matrix;
    }

    /// <summary>Reduces with registers of a given width; for tests.</summary>
    public static AttentionMatrix<float> Reduce<TWidth, TVector>(
        Workers workers, ScanMixerTrace<float> layer, int item, MatrixRequest<float> request)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var matrix = new AttentionMatrix<float>(layer.X.Data.Length);
        new StreamedReduction(workers, layer, item, request, matrix, CancellationToken.None).Run<TWidth, TVector>();
        return matrix;
    }

    /// <inheritdoc/>
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        switch (request.Reduction, request.Sign)
        {
            case (ChannelReduction.Mean, SignRule.Keep):
                Run<TWidth, TVector, SumFold<TWidth, TVector, KeepSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Mean, SignRule.Clamp):
                Run<TWidth, TVector, SumFold<TWidth, TVector, ClampSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Mean, SignRule.Absolute):
                Run<TWidth, TVector, SumFold<TWidth, TVector, AbsoluteSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Max, SignRule.Keep):
                Run<TWidth, TVector, MaxFold<TWidth, TVector, KeepSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Max, SignRule.Clamp):
                Run<TWidth, TVector, MaxFold<TWidth, TVector, ClampSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Max, SignRule.Absolute):
                Run<TWidth, TVector, MaxFold<TWidth, TVector, AbsoluteSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Min, SignRule.Keep):
                Run<TWidth, TVector, MinFold<TWidth, TVector, KeepSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Min, SignRule.Clamp):
                Run<TWidth, TVector, MinFold<TWidth, TVector, ClampSign<TWidth, TVector>>>();
                break;
            case (ChannelReduction.Min, SignRule.Absolute):
                Run<TWidth, TVector, MinFold<TWidth, TVector, AbsoluteSign<TWidth, TVector>>>();
                break;
            default:
                throw new InvalidOperationException($"No streamed form of {request.Reduction}");
        }
    }

    private void Run<TWidth, TVector, TFold>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var directions = layer.Select(request.Directions).ToArray();
        var (L, E) = (layer.X.Data.Length, layer.X.Data.Width);
        var stride = ChannelMatrixKernel<TWidth, TVector>.RowStride(L);
        // Few groups for long inputs, whose totals are large.
        var groups = Math.Min(L <= 512 ? 8 : 4, (E + GatherWidth - 1) / GatherWidth);
        var size = ((directions.Length * L) + 1) * stride;
        var totals = new float[groups][];
        var self = this;
        workers.For(groups, group =>
        {
            totals[group] = ArrayPool<float>.Shared.Rent(size); // fresh pages for every layer would cost more than the sums
            totals[group].AsSpan(0, size).Fill(TFold.Start);
            self.Group<TWidth, TVector, TFold>(directions, group * E / groups, (group + 1) * E / groups, totals[group]);
        });
        Merge(directions, totals, stride);
        foreach (var total in totals)
        {
            ArrayPool<float>.Shared.Return(total);
        }
    }

    // Totals of one group of channels: a triangle per direction, and behind them the diagonal.
    private unsafe void Group<TWidth, TVector, TFold>(ScanTrace<float>[] directions, int firstChannel, int endChannel, float[] totals)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var (L, N) = (layer.X.Data.Length, layer.Scans[0].B.Data.Width);
        var stride = ChannelMatrixKernel<TWidth, TVector>.RowStride(L);
        var perDirection = SeriesGather<TWidth, TVector>.Size(N, stride);
        var size =
            (directions.Length * (perDirection + (GatherWidth * L)))
            + N
            + (2 * Tile)
            + ChannelMatrixKernel<TWidth, TVector>.ScratchSize(L, N);
        var self = this;
        ScanScratch.Use(size, memory =>
        {
            new Span<float>(memory, size).Clear();
            fixed (float* total = totals)
            {
                var gathers = new SeriesGather<TWidth, TVector>[directions.Length];
                for (var d = 0; d < directions.Length; d++)
                {
                    gathers[d] = new(self.layer, directions[d], self.item, self.request, stride, memory + (d * perDirection));
                }

                var diagonals = memory + (directions.Length * perDirection);
                var a = diagonals + (directions.Length * GatherWidth * L);
                var conv = a + N;
                var scratch = conv + (2 * Tile);
                ChannelMatrixKernel<TWidth, TVector>.Prepare(L, N, scratch);
                for (var channel = firstChannel; channel < endChannel; channel += GatherWidth)
                {
                    self.cancellation.ThrowIfCancellationRequested();
                    var count = Math.Min(GatherWidth, endChannel - channel);
                    for (var d = 0; d < directions.Length; d++)
                    {
                        gathers[d].Gather(channel, count);
                        for (var c = 0; c < count; c++)
                        {
                            var series = gathers[d].Series(channel, c, a, conv);
                            ChannelMatrixKernel<TWidth, TVector>.Fold<TFold>(
                                series, total + (d * (nint)L * stride), diagonals + (((d * GatherWidth) + c) * L), scratch);
                        }
                    }

                    self.FoldDiagonals<TWidth, TVector, TFold>(
                        directions, diagonals, count, total + (directions.Length * (nint)L * stride));
                }
            }
        });
    }

    // The diagonals of a channel's directions are summed (in token order), then folded like any entry.
    private unsafe void FoldDiagonals<TWidth, TVector, TFold>(ScanTrace<float>[] directions, float* diagonals, int count, float* total)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        where TFold : struct, IEntryFold<TWidth, TVector>
    {
        var L = layer.X.Data.Length;
        var sum = new float[L + Tile];
        for (var c = 0; c < count; c++)
        {
            Array.Clear(sum);
            for (var d = 0; d < directions.Length; d++)
            {
                var tokens = directions[d].Order.Tokens;
                for (var t = 0; t < L; t++)
                {
                    sum[tokens[t]] += diagonals[(((d * GatherWidth) + c) * L) + t];
                }
            }

            for (nuint i = 0; i < (nuint)L; i += (nuint)TWidth.Lanes)
            {
                TWidth.Store(TFold.Join(TWidth.Load(ref *total, i), TWidth.Load(ref sum[0], i)), ref *total, i);
            }
        }
    }

    // Adds or compares the groups' totals in order and puts every entry where its tokens are.
    private void Merge(ScanTrace<float>[] directions, float[][] totals, int stride)
    {
        var (L, to, reduction) = (layer.X.Data.Length, result, request.Reduction);
        var share = reduction == ChannelReduction.Mean ? 1f / layer.X.Data.Width : 1;
        workers.For(L, r =>
        {
            for (var d = 0; d < directions.Length; d++)
            {
                var tokens = directions[d].Order.Tokens;
                for (var j = 0; j < r; j++)
                {
                    to[tokens[r], tokens[j]] = share * Joined((((d * L) + r) * stride) + j);
                }
            }

            to[r, r] = share * Joined((directions.Length * L * stride) + r);
        });

        float Joined(int at)
        {
            var value = totals[0][at];
            for (var g = 1; g < totals.Length; g++)
            {
                value = reduction switch
                {
                    ChannelReduction.Mean => value + totals[g][at],
                    ChannelReduction.Max => Math.Max(value, totals[g][at]),
                    _ => Math.Min(value, totals[g][at]),
                };
            }

            return value;
        }
    }

    private static bool AreOpposite(ScanOrder first, ScanOrder second)
    {
        for (var t = 0; t < first.Length; t++)
        {
            if (first.Tokens[t] != second.Tokens[first.Length - 1 - t])
            {
                return false;
            }
        }

        return true;
    }
}
