using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// Whether hidden attention gives back what the model computed: alpha u = y for the scan, and T' x + b' = gated output for the whole
/// mixer. Checked for some output tokens, in all channels, layers, directions and items of a recorded run.
/// </summary>
/// <param name="ScanError">Largest |alpha u - y| of any layer and direction, relative to the largest |y| there.</param>
/// <param name="BlockError">Largest |T' x + b' - gated| of any layer, relative to the largest |gated| there.</param>
/// <param name="Tolerance">What rounding explains: 1e-5 in float, 1e-12 in double.</param>
/// <param name="Tokens">The output tokens that were checked.</param>
public sealed record SelfCheck(double ScanError, double BlockError, double Tolerance, IReadOnlyList<int> Tokens)
{
    /// <summary>Whether both errors are within the tolerance.</summary>
    public bool IsPassed => ScanError <= Tolerance && BlockError <= Tolerance;

    /// <summary>Checks the first and the last token and the one that the classifier reads (the middle one where it reads the mean), or the given ones; null for a model without scans.</summary>
    /// <param name="trace">A recorded run.</param>
    /// <param name="tokens">Output tokens; null for the three named.</param>
    public static SelfCheck? Of<T>(Trace<T> trace, IEnumerable<int>? tokens = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MambaLayerTrace<T>[] layers = [.. trace.Layers.OfType<MambaLayerTrace<T>>()];
        if (layers.Length == 0)
        {
            return null;
        }

        int[] chosen = [.. (tokens ?? [0, trace.ReadToken < 0 ? trace.Length / 2 : trace.ReadToken, trace.Length - 1]).Distinct().Order()];
        var errors = new (double Scan, double Block)[layers.Length];
        trace.Tape.Workers.For(errors.Length, layer => errors[layer] = Layer(trace, layers[layer], chosen));
        var (scan, block) = (Worst(errors.Select(error => error.Scan)), Worst(errors.Select(error => error.Block)));
        return new(scan, block, typeof(T) == typeof(double) ? 1e-12 : 1e-5, chosen);
    }

    private static (double Scan, double Block) Layer<T>(Trace<T> trace, MambaLayerTrace<T> layer, int[] tokens)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (tape, x) = (trace.Tape, layer.X.Data);
        var (batch, L, E) = (x.Batch, x.Length, x.Width);
        var rows = tape.Pool.Rent(batch, L, E);
        var factors = new T[E];
        var (largestGated, scales) = (Largest(layer.Gated.Data), layer.Directions.Select(direction => Largest(direction.Y.Data)).ToArray());
        var (scanError, blockError) = (0.0, 0.0);
        foreach (var token in tokens)
        {
            var v = Activation<T>.Zeros(batch, L, 1);
            for (var item = 0; item < batch; item++)
            {
                v.Row(item, token)[0] = T.One;
            }

            // b' needs sum_j (alpha + D I)[token, j] sigma(p_j), before the convolution folds neighbours together.
            var bias = new double[batch * E];
            foreach (var (direction, scale) in layer.Directions.Zip(scales))
            {
                HiddenAttentionScan.Adjoint(tape.Workers, direction.ScanInputs, v, rows);
                for (var item = 0; item < batch; item++)
                {
                    var y = Weighted(rows, direction.U.Data, item);
                    scanError = Math.Max(scanError, Difference(y, direction.Y.Data.Row(item, token)) / scale);
                    AddSources(rows, direction, item, token, bias.AsSpan(item * E, E));
                }
            }

            AttentionProduct.Channels(tape.Workers, tape.Pool, layer, AttentionView.Block, ScanDirections.Both, v, rows);
            for (var item = 0; item < batch; item++)
            {
                var gated = Weighted(rows, x, item);
                MixerGate.Factors(layer, item, token, factors);
                for (var e = 0; e < E; e++)
                {
                    gated[e] += double.CreateTruncating(factors[e]) * bias[(item * E) + e];
                }

                blockError = Math.Max(blockError, Difference(gated, layer.Gated.Data.Row(item, token)) / largestGated);
            }
        }

        tape.Pool.Return(rows);
        return (scanError, blockError);
    }

    // sums[e] += convBias[e] sum over j of (alpha + D I)[e, token, j] sigma(p[j, e])
    private static void AddSources<T>(Activation<T> alpha, DirectionTrace<T> direction, int item, int token, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (direction.ConvBias is not { } convBias)
        {
            return;
        }

        for (var j = 0; j < alpha.Length; j++)
        {
            var row = alpha.Row(item, j);
            var p = direction.P.Data.Row(item, j);
            for (var e = 0; e < sums.Length; e++)
            {
                var source = double.CreateTruncating(row[e]) + (j == token ? direction.D.Values<float>()[e] : 0);
                sums[e] += source == 0 ? 0 : convBias.Values<float>()[e] * source / (1 + Math.Exp(-double.CreateTruncating(p[e])));
            }
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
            var values = input.Row(item, j);
            for (var e = 0; e < sums.Length; e++)
            {
                sums[e] += double.CreateTruncating(weights[e]) * double.CreateTruncating(values[e]);
            }
        }

        return sums;
    }

    // Math.Max keeps NaN, which must not look like a passed check; Enumerable.Max drops it.
    private static double Worst(IEnumerable<double> errors) => errors.Aggregate(0.0, Math.Max);

    private static double Difference<T>(double[] found, ReadOnlySpan<T> expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = 0.0;
        for (var e = 0; e < found.Length; e++)
        {
            largest = Math.Max(largest, Math.Abs(found[e] - double.CreateTruncating(expected[e])));
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
                largest = Math.Max(largest, Math.Abs(double.CreateTruncating(value)));
            }
        }

        return largest;
    }
}
