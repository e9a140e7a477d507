using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Step sizes of Mamba-2, one a head: Delta = min(max(softplus(x + bias), low), high). dx = dDelta sigmoid(x + bias) where the limits do
/// not bite, else 0; the bias collects the same over tokens. Few values a token, so in double and without kernels. x, Delta: (Batch, L, H).
/// </summary>
internal static class StepSize
{
    /// <summary>Delta from x.</summary>
    public static void Forward<T>(Activation<T> x, Weight bias, float low, float high, Activation<T> delta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shift = bias.Values<float>();
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Row(row);
            var to = delta.Row(row);
            for (var h = 0; h < to.Length; h++)
            {
                to[h] = T.CreateTruncating(Math.Clamp(Softplus.Value(double.CreateTruncating(from[h]) + shift[h]), low, high));
            }
        }
    }

    /// <summary>dx from dDelta, overwriting or adding, where it is wanted; dBias is added to, where it is wanted.</summary>
    public static void Backward<T>(
        Activation<T> x, Weight bias, float low, float high, Activation<T> dDelta, Activation<T>? dx, bool accumulate, T[]? dBias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shift = bias.Values<float>();
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Row(row);
            var g = dDelta.Row(row);
            for (var h = 0; h < g.Length; h++)
            {
                var value = double.CreateTruncating(from[h]) + shift[h];
                var step = Softplus.Value(value);
                var slope = step < low || step > high ? T.Zero : g[h] * T.CreateTruncating(1 / (1 + Math.Exp(-value)));
                if (dx is { } target)
                {
                    ref var to = ref target.Row(row)[h];
                    to = accumulate ? to + slope : slope;
                }

                if (dBias is not null)
                {
                    dBias[h] += slope;
                }
            }
        }
    }
}
