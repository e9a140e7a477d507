using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>What to reduce: entry (i, j) of channel e is sign( rows[i, e] M[e, i, j] columns[j, e] ), reduced over e.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed record MatrixRequest<T>
    where T : unmanaged
{
    /// <summary>Scan alone or whole mixer.</summary>
    public AttentionView View { get; init; } = AttentionView.S6;

    /// <summary>Scan directions, added up before the sign rule.</summary>
    public ScanDirections Directions { get; init; } = ScanDirections.Both;

    /// <summary>Applied to every entry of every channel.</summary>
    public SignRule Sign { get; init; } = SignRule.Keep;

    /// <summary>How channels become one.</summary>
    public ChannelReduction Reduction { get; init; } = ChannelReduction.Mean;

    /// <summary>The channels that take part; all when null. A mean is over those.</summary>
    public IReadOnlyList<int>? Channels { get; init; }

    /// <summary>
    /// Factors of the output tokens, (Batch, L, E); ones when null. For an attribution: the gradient at the gated output.
    /// </summary>
    public Activation<T>? RowWeights { get; init; }

    /// <summary>Factors of the input tokens, (Batch, L, E); ones when null. For an attribution: the x-branch.</summary>
    public Activation<T>? ColumnWeights { get; init; }
}

/// <summary>
/// One matrix a layer out of the matrices of all channels. Channels are reduced while they are computed: no (E, L, L) buffer exists.
/// </summary>
public static class MatrixReduction
{
    /// <summary>Reduces the matrices of all channels of one item.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="mixer">The mixer.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="request">What to reduce.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static AttentionMatrix<T> Reduce<T>(
        Workers workers, ScanMixerTrace<T> mixer, int item, MatrixRequest<T> request, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (mixer.Scans is [{ Heads: not null } only] && only.IsCausal())
        {
            return HeadReduction.Reduce(workers, mixer, item, request, cancellation);
        }

        if (typeof(T) == typeof(float) && GridReduction.CanReduce(mixer, request))
        {
            return (AttentionMatrix<T>)(object)GridReduction.Reduce(
                workers, (ScanMixerTrace<float>)(object)mixer, item, (MatrixRequest<float>)(object)request, cancellation);
        }

        return typeof(T) == typeof(float) && StreamedReduction.CanReduce(mixer, request)
            ? (AttentionMatrix<T>)(object)StreamedReduction.Reduce(
                workers, (ScanMixerTrace<float>)(object)mixer, item, (MatrixRequest<float>)(object)request, cancellation)
            : ReducePlain(workers, mixer, item, request, cancellation);
    }

    internal static AttentionMatrix<T> ReducePlain<T>(
        Workers workers, ScanMixerTrace<T> layer, int item, MatrixRequest<T> request, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Channels in rounds of fixed size, folded in order: the result does not depend on the number of threads.
        const int RoundSize = 16;
        var L = layer.X.Data.Length;
        var channels = request.Channels ?? [.. Enumerable.Range(0, layer.X.Data.Width)];
        var total = new AttentionMatrix<T>(L);
        var isNegative = new bool[request.Reduction == ChannelReduction.Product ? L * L : 0];
        for (var first = 0; first < channels.Count; first += RoundSize)
        {
            var start = first;
            var round = new AttentionMatrix<T>[Math.Min(RoundSize, channels.Count - start)];
            workers.For(round.Length, i =>
            {
                cancellation.ThrowIfCancellationRequested();
                round[i] = Signed(layer, item, channels[start + i], request);
            });
            workers.For(L, row =>
            {
                for (var i = 0; i < round.Length; i++)
                {
                    Fold(
                        request.Reduction,
                        round[i].Row(row),
                        total.Row(row),
                        isNegative.AsSpan(request.Reduction == ChannelReduction.Product ? row * L : 0),
                        isFirst: start + i == 0);
                }
            });
        }

        Finish(request.Reduction, total.Values, isNegative, T.CreateTruncating(channels.Count));
        return total;
    }

    private static AttentionMatrix<T> Signed<T>(ScanMixerTrace<T> layer, int item, int channel, MatrixRequest<T> request)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = ChannelMatrix.Of(layer, item, channel, request.View, request.Directions);
        for (var i = 0; i < matrix.Length; i++)
        {
            var row = matrix.Row(i);
            var left = request.RowWeights is { } rows ? rows.Row(item, i)[channel] : T.One;
            for (var j = 0; j < row.Length; j++)
            {
                var value = left * row[j] * (request.ColumnWeights is { } columns ? columns.Row(item, j)[channel] : T.One);
                row[j] = SignRules.Apply(request.Sign, value);
            }
        }

        return matrix;
    }

    internal static void Fold<T>(ChannelReduction reduction, ReadOnlySpan<T> row, Span<T> total, Span<bool> isNegative, bool isFirst)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (reduction == ChannelReduction.Mean)
        {
            TensorPrimitives.Add(row, total[..row.Length], total);
            return;
        }

        for (var j = 0; j < row.Length; j++)
        {
            switch (reduction)
            {
                case ChannelReduction.Max:
                    total[j] = isFirst ? row[j] : T.Max(total[j], row[j]);
                    break;
                case ChannelReduction.Min:
                    total[j] = isFirst ? row[j] : T.Min(total[j], row[j]);
                    break;
                default:
                    total[j] += T.Log(T.Abs(row[j])); // ln 0 = -infinity, and e^-infinity = 0 again
                    isNegative[j] ^= row[j] < T.Zero;
                    break;
            }
        }
    }

    internal static void Finish<T>(ChannelReduction reduction, Span<T> total, ReadOnlySpan<bool> isNegative, T channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (reduction == ChannelReduction.Mean)
        {
            foreach (ref var value in total)
            {
                value /= channels;
            }
        }
        else if (reduction == ChannelReduction.Product)
        {
            for (var i = 0; i < total.Length; i++)
            {
                total[i] = T.Exp(total[i] / channels) * (isNegative[i] ? -T.One : T.One);
            }
        }
    }
}
