using System.Numerics.Tensors;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// From the rows of a channel's alpha, all paths added up, to the entries that <see cref="GridReduction"/> folds: skip, sigma, the
/// transposed convolution over the grid, factors of rows and columns, sign. A grid with a border of zeros makes a tap of the convolution
/// one multiply-add over all tokens.
/// </summary>
internal sealed class GridRows
{
    private readonly MatrixRequest<float> request;
    private readonly GridConvolution<float> before;
    private readonly int length;
    private readonly int side; // of the filter, K
    private readonly int padded; // columns of the grid with its border
    private readonly float[] sigma; // (E, L)
    private readonly float[]? rows; // (E, L)
    private readonly float[]? columns; // (E, L)
    private readonly float[] skips; // (E)

    /// <summary>Gathers what is not alpha's.</summary>
    public GridRows(ScanMixerTrace<float> layer, int item, MatrixRequest<float> request)
    {
        (this.request, before) = (request, (GridConvolution<float>)layer.Scans[0].Before!);
        var (L, E) = (layer.X.Data.Length, layer.X.Data.Width);
        (length, side) = (L, DepthwiseConv2d.Side(before.Taps.Columns));
        padded = before.Grid.Columns + (2 * (side / 2));
        (sigma, skips) = (new float[E * L], new float[E]);
        if (request.View != AttentionView.S6)
        {
            for (var t = 0; t < L; t++)
            {
                var p = before.P.Data.Row(item, t);
                for (var e = 0; e < E; e++)
                {
                    sigma[(e * L) + t] = 1 / (1 + MathF.Exp(-p[e]));
                }
            }

            foreach (var scan in layer.Select(request.Directions))
            {
                TensorPrimitives.Add(skips, scan.D.Values<float>(), skips);
            }
        }

        rows = Rows(layer, item, request, L, E);
        columns = request.ColumnWeights is { } right ? Turned(right, item, L, E) : null;
    }

    /// <summary>A total before the first channel.</summary>
    public float Start => request.Reduction switch
    {
        ChannelReduction.Max => float.NegativeInfinity,
        ChannelReduction.Min => float.PositiveInfinity,
        _ => 0,
    };

    /// <summary>Working memory of one thread: a line of entries, and two of the grid with its border.</summary>
    public float[][] NewLines()
    {
        var size = (before.Grid.Rows + (2 * (side / 2))) * padded;
        return [new float[length], new float[size], new float[size]];
    }

    /// <summary>Folds a channel's rows into a total (L, L); alpha is changed.</summary>
    public void Fold(int channel, float[] alpha, float[][] lines, float[] total)
    {
        for (var i = 0; i < length; i++)
        {
            var entries = alpha.AsSpan(i * length, length);
            if (request.View != AttentionView.S6)
            {
                entries[i] += skips[channel];
                TensorPrimitives.Multiply(entries, sigma.AsSpan(channel * length, length), entries);
                Convolve(channel, entries, lines);
                entries = lines[0];
            }

            if (columns is not null)
            {
                TensorPrimitives.Multiply(entries, columns.AsSpan(channel * length, length), entries);
            }

            if (rows is not null)
            {
                TensorPrimitives.Multiply(entries, rows[(channel * length) + i], entries);
            }

            SignRules.Apply(request.Sign, entries);
            Join(entries, total.AsSpan(i * length, length));
        }
    }

    /// <summary>Joins entries to a total.</summary>
    public void Join(ReadOnlySpan<float> entries, Span<float> total)
    {
        switch (request.Reduction)
        {
            case ChannelReduction.Max:
                TensorPrimitives.Max(entries, total, total);
                break;
            case ChannelReduction.Min:
                TensorPrimitives.Min(entries, total, total);
                break;
            default:
                TensorPrimitives.Add(entries, total, total);
                break;
        }
    }

    // lines[0] = entries times the convolution's matrix: what token j gave to p at its neighbours comes back to it.
    private void Convolve(int channel, ReadOnlySpan<float> entries, float[][] lines)
    {
        var (source, sums, grid, border) = (lines[1], lines[2], before.Grid, side / 2);
        for (var row = 0; row < grid.Rows; row++)
        {
            entries.Slice(row * grid.Columns, grid.Columns).CopyTo(source.AsSpan(((row + border) * padded) + border));
        }

        // Only the span of tokens inside the border is needed, and from there every tap stays inside the padded grid.
        var (first, count) = ((border * padded) + border, ((grid.Rows - 1) * padded) + grid.Columns);
        var taps = before.Taps.Values<float>().AsSpan(channel * side * side, side * side);
        var to = sums.AsSpan(first, count);
        to.Clear();
        for (var k = 0; k < taps.Length; k++)
        {
            var shift = (((k / side) - border) * padded) + (k % side) - border;
            TensorPrimitives.MultiplyAdd(source.AsSpan(first - shift, count), taps[k], to, to);
        }

        for (var row = 0; row < grid.Rows; row++)
        {
            sums.AsSpan(((row + border) * padded) + border, grid.Columns).CopyTo(lines[0].AsSpan(row * grid.Columns));
        }
    }

    private static float[]? Rows(ScanMixerTrace<float> layer, int item, MatrixRequest<float> request, int L, int E)
    {
        if (request is { RowWeights: null, View: not AttentionView.Block })
        {
            return null;
        }

        var (rows, factors) = (new float[E * L], new float[E]);
        for (var t = 0; t < L; t++)
        {
            if (request.View == AttentionView.Block)
            {
                MixerGate.Factors(layer.After, item, t, factors);
            }
            else
            {
                factors.AsSpan().Fill(1);
            }

            for (var e = 0; e < E; e++)
            {
                rows[(e * L) + t] = factors[e] * (request.RowWeights?.Row(item, t)[e] ?? 1);
            }
        }

        return rows;
    }

    private static float[] Turned(Activation<float> values, int item, int L, int E)
    {
        var turned = new float[E * L];
        for (var t = 0; t < L; t++)
        {
            var from = values.Row(item, t);
            for (var e = 0; e < E; e++)
            {
                turned[(e * L) + t] = from[e];
            }
        }

        return turned;
    }
}
