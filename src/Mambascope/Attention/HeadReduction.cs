using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// <see cref="MatrixReduction"/> for layers whose heads share a matrix (Mamba-2): row by row, C_i B_j once a group, its decay
/// exp(a (S_i - S_j)) Delta_j once a head, and for each channel of the head only what is its own: sigma(p), convolution, skip, gate,
/// weights. Rows are shared among threads and channels are folded in order, so no thread count changes the result.
/// </summary>
internal static class HeadReduction
{
    /// <summary>Reduces the matrices of all channels of one item.</summary>
    public static AttentionMatrix<T> Reduce<T>(
        Workers workers, ScanMixerTrace<T> layer, int item, MatrixRequest<T> request, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var direction = layer.Select(request.Directions).Single();
        var (L, E) = (layer.X.Data.Length, layer.X.Data.Width);
        var (H, K) = (direction.Heads!.Value, direction.Convolution()?.Taps.Columns ?? 1);
        var each = E / H;

        // Without anything of the channels' own, one channel speaks for its head.
        var isSame = request is { View: AttentionView.S6, RowWeights: null, ColumnWeights: null };
        var channels = request.Channels
            ?? (isSame ? [.. Enumerable.Range(0, H).Select(h => h * each)] : [.. Enumerable.Range(0, E)]);
        var series = new HeadSeries<T>(layer, direction, item, request, channels);
        var total = new AttentionMatrix<T>(L);
        var tokens = direction.Order.Tokens.ToArray();
        var isNegative = new bool[request.Reduction == ChannelReduction.Product ? L * L : 0];
        workers.For(L, i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var (attention, mixed, line, row) = (new T[L], new T[L + K - 1], new T[L], new T[L]);
            var negative = new bool[request.Reduction == ChannelReduction.Product ? L : 0];
            var (head, seen) = (-1, i + 1);
            for (var index = 0; index < channels.Count; index++)
            {
                if (channels[index] / each != head)
                {
                    head = channels[index] / each;
                    series.Attention(head, i, attention);
                }

                // Entries after i keep the value of an absent one: zero.
                series.Entries(index, i, attention.AsSpan(0, seen), mixed, line.AsSpan(0, seen));
                SignRules.Apply(request.Sign, line.AsSpan(0, seen));
                var folded = request.Reduction == ChannelReduction.Product ? L : seen; // only a product of nothing is not zero
                MatrixReduction.Fold(request.Reduction, line.AsSpan(0, folded), row, negative, isFirst: index == 0);
            }

            var to = total.Row(tokens[i]);
            for (var j = 0; j < L; j++)
            {
                to[tokens[j]] = row[j];
                if (negative.Length > 0)
                {
                    isNegative[(tokens[i] * L) + tokens[j]] = negative[j];
                }
            }
        });

        MatrixReduction.Finish(request.Reduction, total.Values, isNegative, T.CreateTruncating(channels.Count));
        return total;
    }
}

/// <summary>A layer's quantities as series over scan time, and the rows of matrices that they make.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class HeadSeries<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ScanTrace<T> direction;
    private readonly MatrixRequest<T> request;
    private readonly IReadOnlyList<int> channels;
    private readonly int item;
    private readonly int length;
    private readonly double[] elapsed; // (H, L): running sums of Delta; in double, since differences of far sums must stay exact
    private readonly T[] delta; // (H, L)
    private readonly T[]? sigma; // (channels, L)
    private readonly T[]? rows; // (channels, L)
    private readonly T[]? columns; // (channels, L)
    private readonly Weight? taps; // (E, 1, K)

    public HeadSeries(ScanMixerTrace<T> layer, ScanTrace<T> direction, int item, MatrixRequest<T> request, IReadOnlyList<int> channels)
    {
        this.direction = direction;
        this.request = request;
        this.channels = channels;
        this.item = item;
        length = layer.X.Data.Length;
        taps = direction.Convolution()?.Taps;
        var H = direction.Heads!.Value;
        (elapsed, delta) = (new double[H * length], new T[H * length]);
        for (var h = 0; h < H; h++)
        {
            var sum = 0.0;
            for (var t = 0; t < length; t++)
            {
                delta[(h * length) + t] = direction.Delta.Data.Row(item, direction.Order.Tokens[t])[h];
                elapsed[(h * length) + t] = sum += double.CreateTruncating(delta[(h * length) + t]);
            }
        }

        if (request.View != AttentionView.S6)
        {
            sigma = direction.Convolution() is { P.Data: var p }
                ? Gather((token, channel) => T.One / (T.One + T.Exp(-p.Row(item, token)[channel])))
                : Gather((_, _) => T.One);
        }

        if (request.View == AttentionView.Block || request.RowWeights is not null)
        {
            rows = GatherRows(layer);
        }

        if (request.ColumnWeights is { } right)
        {
            columns = Gather((token, channel) => right.Row(item, token)[channel]);
        }
    }

    /// <summary>alpha[i, j] of a head for j up to i, in scan time.</summary>
    public void Attention(int head, int i, Span<T> alpha)
    {
        var (N, H, scan) = (direction.StateSize, direction.Heads!.Value, direction.ScanInputs);
        var (first, a) = (head / (H / direction.Groups) * N, -Math.Exp(scan.ALog.Values<float>()[head]));
        var c = scan.C.Row(item, direction.Order.Tokens[i]).Slice(first, N);
        var (now, at) = (elapsed[(head * length) + i], head * length);
        for (var j = 0; j <= i; j++)
        {
            alpha[j] =
                StateLine.Dot<T>(c, scan.B.Row(item, direction.Order.Tokens[j]).Slice(first, N))
                * T.CreateTruncating(Math.Exp(a * (now - elapsed[at + j])))
                * delta[at + j];
        }
    }

    /// <summary>Row i of a channel's matrix in the requested view, weights included, for columns up to i.</summary>
    /// <param name="index">Place of the channel among those that take part.</param>
    /// <param name="i">Scan step of the row.</param>
    /// <param name="alpha">Row of the head's alpha, i + 1 values.</param>
    /// <param name="scratch">L + K - 1 values.</param>
    /// <param name="entries">Result, i + 1 values.</param>
    public void Entries(int index, int i, ReadOnlySpan<T> alpha, Span<T> scratch, Span<T> entries)
    {
        var (channel, seen, K) = (channels[index], i + 1, taps?.Columns ?? 1);
        if (sigma is null)
        {
            alpha.CopyTo(entries);
        }
        else
        {
            // (alpha + D I) diag(sigma), and behind it zeros for the convolution to reach into.
            var open = sigma.AsSpan(index * length, seen);
            TensorPrimitives.Multiply(alpha, open, scratch[..seen]);
            scratch[i] += T.CreateTruncating(direction.D.Values<float>()[channel]) * open[i];
            scratch.Slice(seen, K - 1).Clear();
            entries.Clear();
            for (var s = 0; s < K; s++)
            {
                var tap = taps is null ? T.One : T.CreateTruncating(taps.Values<float>()[(channel * K) + K - 1 - s]);
                StateLine.Add<T>(entries, tap, scratch.Slice(s, seen));
            }
        }

        if (rows is not null)
        {
            StateLine.Scale(entries, rows[(index * length) + i]);
        }

        if (columns is not null)
        {
            TensorPrimitives.Multiply(entries, columns.AsSpan(index * length, seen), entries);
        }
    }

    private T[] GatherRows(ScanMixerTrace<T> layer)
    {
        var factors = new T[layer.X.Data.Width];
        var gathered = new T[channels.Count * length];
        for (var t = 0; t < length; t++)
        {
            var token = direction.Order.Tokens[t];
            if (request.View == AttentionView.Block)
            {
                MixerGate.Factors(layer.After, item, token, factors);
            }
            else
            {
                factors.AsSpan().Fill(T.One);
            }

            for (var index = 0; index < channels.Count; index++)
            {
                gathered[(index * length) + t] =
                    factors[channels[index]] * (request.RowWeights?.Row(item, token)[channels[index]] ?? T.One);
            }
        }

        return gathered;
    }

    private T[] Gather(Func<int, int, T> value)
    {
        var gathered = new T[channels.Count * length];
        for (var t = 0; t < length; t++)
        {
            for (var index = 0; index < channels.Count; index++)
            {
                gathered[(index * length) + t] = value(direction.Order.Tokens[t], channels[index]);
            }
        }

        return gathered;
    }
}
