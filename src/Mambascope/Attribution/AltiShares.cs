using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What ALTI (Ferrando, Gállego and Costa-jussà 2022) asks of a layer: how near the share F of each token comes to the new state
/// y = r + mixers' output of an output token, nearness max(0, ‖y‖₁ - ‖y - F‖₁); the residual stream r takes part as one more share. Biases
/// are in y and in no F. Output tokens are weighted by a row vector v: a unit vector, or shares of several.
/// </summary>
internal static class AltiShares
{
    /// <summary>The residual stream r and the new state y of a layer's output token, each (Batch, 1, d).</summary>
    /// <exception cref="BadInputException">A mixer writes to a part of the stream only.</exception>
    public static (Activation<T> Stream, Activation<T> State) States<T>(LayerTrace<T> layer, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stream = Combined(layer.Input.Data, v);
        var state = Activation<T>.Of(stream.ToArray(), stream.Batch, 1, stream.Width);
        foreach (var mixer in layer.Mixers)
        {
            if (mixer.Output.Data.Width != stream.Width)
            {
                throw new BadInputException(
                    $"a mixer of this model writes to {mixer.Output.Data.Width} of the {stream.Width} channels of the residual stream, so "
                        + "that its shares cannot be held against the whole");
            }

            Add(Combined(mixer.Output.Data, v), mixer.Factor, state);
        }

        return (stream, state);
    }

    /// <summary>F of every input token (Batch, L, d): the sum over mixers side by side.</summary>
    public static Activation<T> Of<T>(Tape<T> tape, LayerTrace<T> layer, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shares = Activation<T>.Zeros(v.Batch, layer.Layout.Length, layer.Input.Data.Width);
        foreach (var mixer in layer.Mixers)
        {
            Add(TokenMixing<T>.Of(mixer).Shares(tape, v), mixer.Factor, shares);
        }

        return shares;
    }

    /// <summary>factor F, in place.</summary>
    public static Activation<T> Scaled<T>(Activation<T> shares, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ref var value in shares.Extent)
        {
            value *= T.CreateTruncating(factor);
        }

        return shares;
    }

    /// <summary>max(0, ‖y‖₁ - ‖y - F‖₁) of every row of F, for one item.</summary>
    public static double[] Nearness<T>(ReadOnlySpan<T> y, Activation<T> shares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var near = new double[shares.Rows];
        for (var j = 0; j < near.Length; j++)
        {
            near[j] = Nearness(y, shares.Row(j));
        }

        return near;
    }

    /// <summary>The same of one share.</summary>
    public static double Nearness<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> share)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var d = 0; d < y.Length; d++)
        {
            sum += double.CreateTruncating(T.Abs(y[d])) - double.CreateTruncating(T.Abs(y[d] - share[d]));
        }

        return Math.Max(0, sum);
    }

    // Σ_t v[t] rows[t].
    private static Activation<T> Combined<T>(Activation<T> rows, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = Activation<T>.Zeros(rows.Batch, 1, rows.Width);
        for (var item = 0; item < rows.Batch; item++)
        {
            for (var t = 0; t < rows.Length; t++)
            {
                var weight = v.Row(item, t)[0];
                if (weight == T.Zero)
                {
                    continue;
                }

                var from = rows.Row(item, t);
                var to = sums.Row(item);
                for (var d = 0; d < to.Length; d++)
                {
                    to[d] += weight * from[d];
                }
            }
        }

        return sums;
    }

    // to += factor from.
    private static void Add<T>(Activation<T> from, double factor, Activation<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scale = T.CreateTruncating(factor);
        for (var row = 0; row < to.Rows; row++)
        {
            var left = to.Row(row);
            var right = from.Row(row);
            for (var d = 0; d < left.Length; d++)
            {
                left[d] += scale * right[d];
            }
        }
    }
}
