using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// The factor between y + D u and the input of out_proj, channel by channel: scale silu(z), and for Mamba-2 times
/// gain / rms, the gated norm's, with the root mean square taken as a constant; of a layer norm the deviation in its place.
/// </summary>
internal static class MixerGate
{
    /// <summary>The factors of all channels at a token.</summary>
    public static void Factors<T>(AfterScan<T> after, int item, int token, Span<T> factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (after.Z is { } gate)
        {
            var z = gate.Data.Row(item, token);
            for (var e = 0; e < z.Length; e++)
            {
                factors[e] = Open(after, z[e]);
            }
        }
        else
        {
            factors.Fill(T.CreateTruncating(after.Scale));
        }

        if (after.Norm is { } norm)
        {
            Normalise(after, (item * norm.Input.Data.Length) + token, factors);
        }
    }

    /// <summary>
    /// What a token's channels have behind a layer norm beyond the product of its factors with the norm's input: the mean that it takes
    /// off, and its offset, both gated. Zeros for an RMS norm and without a norm.
    /// </summary>
    /// <param name="after">What stands behind the scans.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="token">Token.</param>
    /// <param name="input">The norm's input as it is made up of the mixer's matrices, E values.</param>
    /// <param name="factors">As <see cref="Factors"/> gives them.</param>
    /// <param name="sums">E sums to add to.</param>
    public static void AddBesides<T>(
        AfterScan<T> after, int item, int token, ReadOnlySpan<double> input, ReadOnlySpan<T> factors, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (after.Norm?.Offset is not { } offset)
        {
            return;
        }

        var (mean, offsets) = (0.0, offset.Values<float>());
        foreach (var value in input)
        {
            mean += value / input.Length;
        }

        for (var e = 0; e < sums.Length; e++)
        {
            var open = after.Z is { } gate ? Open(after, gate.Data.Row(item, token)[e]) : T.CreateTruncating(after.Scale);
            sums[e] += (double.CreateTruncating(open) * offsets[e]) - (double.CreateTruncating(factors[e]) * mean);
        }
    }

    /// <summary>The factor of one channel at a token.</summary>
    public static T Factor<T>(AfterScan<T> after, int item, int token, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = after.Z is { } gate ? Open(after, gate.Data.Row(item, token)[channel]) : T.CreateTruncating(after.Scale);
        if (after.Norm is not { } norm)
        {
            return factor;
        }

        var width = norm.Input.Data.Width / norm.Groups;
        return factor
            * T.CreateTruncating(norm.Gain.Values<float>()[channel])
            * Scale(norm, norm.Input.Data.Row(item, token).Slice(channel / width * width, width));
    }

    /// <summary>
    /// Multiplies the channels of a token (row of the flattened batch) by the norm's factors; without a norm leaves them.
    /// </summary>
    public static void Normalise<T>(AfterScan<T> after, int row, Span<T> channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (after.Norm is not { } norm)
        {
            return;
        }

        var input = norm.Input.Data.Row(row);
        var width = input.Length / norm.Groups;
        for (var first = 0; first < input.Length; first += width)
        {
            var scale = Scale(norm, input.Slice(first, width));
            for (var e = first; e < first + width; e++)
            {
                channels[e] *= scale * T.CreateTruncating(norm.Gain.Values<float>()[e]);
            }
        }
    }

    private static T Open<T>(AfterScan<T> after, T z)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.CreateTruncating(after.Scale) * z / (T.One + T.Exp(-z));

    private static T Scale<T>(GatedNorm<T> norm, ReadOnlySpan<T> group)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = T.CreateTruncating(group.Length);
        var squares = T.Zero;
        if (norm.Offset is null)
        {
            squares = TensorPrimitives.SumOfSquares(group);
        }
        else
        {
            var mean = TensorPrimitives.Sum(group) / count;
            foreach (var value in group)
            {
                squares += (value - mean) * (value - mean);
            }
        }

        return T.One / T.Sqrt((squares / count) + T.CreateTruncating(norm.Epsilon));
    }
}
