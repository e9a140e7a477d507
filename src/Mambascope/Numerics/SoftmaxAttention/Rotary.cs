using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Rotary position embedding (Su et al. 2021, RoFormer), as in GPT-NeoX. In every head the first rot channels are pairs (i, i + rot/2),
/// each turned by the angle t base^(-2i/rot) at position t; the other channels stay: y[i] = x[i] cos - x[i + rot/2] sin, y[i + rot/2] = x[i
/// + rot/2] cos + x[i] sin. Way back: the same with the angle reversed. x, y: (Batch, L, H dh), head after head.
/// </summary>
internal static class Rotary
{
    /// <summary>y = rotated x.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, RotaryAngles<T> angles, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Apply(workers, x, angles, T.One, y, accumulate: false);

    /// <summary>dx = dy rotated back, or dx += that.</summary>
    public static void Backward<T>(Workers workers, Activation<T> dy, RotaryAngles<T> angles, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Apply(workers, dy, angles, -T.One, dx, accumulate);

    private static void Apply<T>(Workers workers, Activation<T> x, RotaryAngles<T> angles, T sign, Activation<T> y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => RowBlocks.For(workers, x.Rows, x.Width, (first, last) =>
        {
            var (half, width) = (angles.Pairs, x.Width / angles.Heads);
            for (var row = first; row < last; row++)
            {
                var (cos, sin) = angles.At(row % x.Length);
                for (var start = 0; start < x.Width; start += width)
                {
                    var from = x.Row(row).Slice(start, width);
                    var to = y.Row(row).Slice(start, width);
                    for (var i = 0; i < half; i++)
                    {
                        var (a, b) = (
                            (from[i] * cos[i]) - (sign * from[i + half] * sin[i]), (from[i + half] * cos[i]) + (sign * from[i] * sin[i]));
                        to[i] = accumulate ? to[i] + a : a;
                        to[i + half] = accumulate ? to[i + half] + b : b;
                    }

                    for (var i = 2 * half; i < width; i++)
                    {
                        to[i] = accumulate ? to[i] + from[i] : from[i];
                    }
                }
            }
        });
}

/// <summary>Cosines and sines of the angles of a <see cref="Rotary"/> embedding, (L, rot/2) each; computed in double.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class RotaryAngles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] cos;
    private readonly T[] sin;

    /// <summary>Angles of positions [first, first + length).</summary>
    /// <param name="heads">Heads, H.</param>
    /// <param name="rotated">Channels of each head that turn, rot; even.</param>
    /// <param name="base">Base of the frequencies.</param>
    /// <param name="first">First position.</param>
    /// <param name="length">Number of positions.</param>
    public RotaryAngles(int heads, int rotated, double @base, int first, int length)
    {
        (Heads, Pairs) = (heads, rotated / 2);
        (cos, sin) = (new T[length * Pairs], new T[length * Pairs]);
        for (var i = 0; i < Pairs; i++)
        {
            var frequency = Math.Pow(@base, -2.0 * i / rotated);
            for (var t = 0; t < length; t++)
            {
                var (s, c) = Math.SinCos((first + t) * frequency);
                (cos[(t * Pairs) + i], sin[(t * Pairs) + i]) = (T.CreateTruncating(c), T.CreateTruncating(s));
            }
        }
    }

    /// <summary>Heads, H.</summary>
    public int Heads { get; }

    /// <summary>Pairs of channels that turn in each head, rot/2.</summary>
    public int Pairs { get; }

    internal Line At(int token) => new(cos.AsSpan(token * Pairs, Pairs), sin.AsSpan(token * Pairs, Pairs));

    internal readonly ref struct Line(ReadOnlySpan<T> cos, ReadOnlySpan<T> sin)
    {
        private readonly ReadOnlySpan<T> cos = cos;
        private readonly ReadOnlySpan<T> sin = sin;

        public void Deconstruct(out ReadOnlySpan<T> cosines, out ReadOnlySpan<T> sines)
        {
            cosines = cos;
            sines = sin;
        }
    }
}
