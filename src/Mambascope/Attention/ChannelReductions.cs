using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Attention;

/// <summary>Reduces the values of all channels at one place to one.</summary>
public static class ChannelReductions
{
    /// <summary>Applies the sign rule to each value, then the reduction; see <see cref="ChannelReduction"/>.</summary>
    public static T Reduce<T>(ReadOnlySpan<T> channels, SignRule sign, ChannelReduction reduction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = T.CreateTruncating(channels.Length);
        if (sign == SignRule.Keep && reduction == ChannelReduction.Mean)
        {
            return TensorPrimitives.Sum(channels) / count;
        }

        var (sum, logs, max, min, isNegative) = (T.Zero, T.Zero, T.NegativeInfinity, T.PositiveInfinity, false);
        foreach (var channel in channels)
        {
            var value = SignRules.Apply(sign, channel);
            sum += value;
            max = T.Max(max, value);
            min = T.Min(min, value);
            if (reduction == ChannelReduction.Product)
            {
                logs += T.Log(T.Abs(value));
                isNegative ^= value < T.Zero;
            }
        }

        return reduction switch
        {
            ChannelReduction.Mean => sum / count,
            ChannelReduction.Max => max,
            ChannelReduction.Min => min,
            _ => T.Exp(logs / count) * (isNegative ? -T.One : T.One),
        };
    }
}
