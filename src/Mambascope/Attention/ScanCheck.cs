using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// Whether hidden attention gives back what scans computed: alpha u = y for each scan, T' x + b' = gated for the whole mixer.
/// </summary>
internal static class ScanCheck
{
    /// <summary>The errors at some output tokens, in all channels, scans and items.</summary>
    public static MixingError Of<T>(
        Workers workers, BufferPool<T> pool, ScanMixerTrace<T> mixer, IReadOnlyList<int> tokens, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = mixer.X.Data;
        var (batch, L, E) = (x.Batch, x.Length, x.Width);
        var rows = pool.Rent(batch, L, E);
        var factors = new T[E];
        var (largestGated, scales) = (Largest(mixer.Gated.Data), mixer.Scans.Select(scan => Largest(scan.Y.Data)).ToArray());
        var (scanError, blockError) = (0.0, 0.0);
        foreach (var token in tokens)
        {
            cancellation.ThrowIfCancellationRequested();
            var v = Activation<T>.Zeros(batch, L, 1);
            for (var item = 0; item < batch; item++)
            {
                v.Row(item, token)[0] = T.One;
            }

            // b' needs sum_j (alpha + D I)[token, j] sigma(p_j), before the convolution folds neighbours together.
            var bias = new double[batch * E];
            foreach (var (scan, scale) in mixer.Scans.Zip(scales))
            {
                HiddenAttentionScan.Adjoint(workers, scan.ScanInputs, v, rows, lastStep: scan.Order.Tokens.IndexOf(token));
                for (var item = 0; item < batch; item++)
                {
                    var y = Weighted(rows, scan.U.Data, item);
                    scanError = Math.Max(scanError, Difference(y, scan.Y.Data.Row(item, token)) / scale);
                    AddConstant(rows, scan, item, token, bias.AsSpan(item * E, E));
                }
            }

            // A layer norm couples channels by their mean: it is made of all matrices in front of it.
            var inputs = mixer.After.Norm?.Offset is null ? null : NormInputs(workers, pool, mixer, v, rows, bias);
            AttentionProduct.Channels(workers, pool, mixer, AttentionView.Block, ScanDirections.Both, v, rows);
            for (var item = 0; item < batch; item++)
            {
                var gated = Weighted(rows, x, item);
                MixerGate.Factors(mixer.After, item, token, factors);
                if (inputs is not null)
                {
                    MixerGate.AddBesides<T>(mixer.After, item, token, inputs[item], factors, gated);
                }

                for (var e = 0; e < E; e++)
                {
                    gated[e] += InDouble.Of(factors[e]) * bias[(item * E) + e];
                }

                blockError = Math.Max(blockError, Difference(gated, mixer.Gated.Data.Row(item, token)) / largestGated);
            }
        }

        pool.Return(rows);
        return new(scanError, blockError);
    }

    // K x + k0 at the token, of every item.
    private static double[][] NormInputs<T>(
        Workers workers, BufferPool<T> pool, ScanMixerTrace<T> mixer, Activation<T> v, Activation<T> rows, double[] constants)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AttentionProduct.Channels(workers, pool, mixer, AttentionView.BeforeGate, ScanDirections.Both, v, rows);
        return [.. Enumerable.Range(0, rows.Batch).Select(item =>
        {
            var input = Weighted(rows, mixer.X.Data, item);
            for (var e = 0; e < input.Length; e++)
            {
                input[e] += constants[(item * input.Length) + e];
            }

            return input;
        })];
    }

    // sums[e] += sum over j of (alpha + D I)[e, token, j] c[j, e], c what u has that does not come from x
    private static void AddConstant<T>(Activation<T> alpha, ScanTrace<T> scan, int item, int token, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (scan.Before is not { } before)
        {
            return;
        }

        var sources = new double[sums.Length];
        for (var j = 0; j < alpha.Length; j++)
        {
            var row = alpha.Row(item, j);
            if (j != token && IsZero<T>(row))
            {
                continue;
            }

            for (var e = 0; e < sources.Length; e++)
            {
                sources[e] = InDouble.Of(row[e]) + (j == token ? scan.D.Values<float>()[e] : 0);
            }

            before.AddConstant(item, j, sources, sums);
        }
    }

    // sum over j of rows[j, e] input[j, e], in double: the check is on the rows, not on this sum.
    private static double[] Weighted<T>(Activation<T> rows, Activation<T> input, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[rows.Width];
        for (var j = 0; j < rows.Length; j++)
        {
            var weights = rows.Row(item, j);
            if (!IsZero<T>(weights))
            {
                ExactProducts.Add(weights, input.Row(item, j), sums);
            }
        }

        return sums;
    }

    // Tokens that come later in time than the output's have no share in it: half of all.
    private static bool IsZero<T>(ReadOnlySpan<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var value in row)
        {
            if (InDouble.Of(value) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static double Difference<T>(double[] found, ReadOnlySpan<T> expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = 0.0;
        for (var e = 0; e < found.Length; e++)
        {
            largest = Math.Max(largest, Math.Abs(found[e] - InDouble.Of(expected[e])));
        }

        return largest;
    }

    // Never zero: a layer that gives nothing but zeros has error 0 / tiny = 0.
    private static double Largest<T>(Activation<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = double.Epsilon;
        for (var row = 0; row < values.Rows; row++)
        {
            foreach (var value in values.Row(row))
            {
                largest = Math.Max(largest, Math.Abs(InDouble.Of(value)));
            }
        }

        return largest;
    }
}
