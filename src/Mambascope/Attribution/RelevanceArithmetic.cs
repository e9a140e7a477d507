using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// What the rules of <see cref="TransformerRelevance"/> have in common: products with, and divisions by, sums that may be near zero.
/// </summary>
internal static class RelevanceArithmetic
{
    /// <summary>The weights of one sign, zero elsewhere.</summary>
    public static Weight Part(Weight w, int sign)
    {
        var values = w.Values<float>();
        return new(w.Name, Array.ConvertAll(values, value => Math.Sign(value) == sign ? value : 0), [.. w.Shape]);
    }

    /// <summary>target (+)= ½ x ⊙ back.</summary>
    public static void AddHalf<T>(Activation<T> x, Activation<T> back, AdjointTarget<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var half = T.CreateTruncating(0.5);
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Row(row);
            var with = back.Row(row);
            var to = target.Data.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var value = half * from[i] * with[i];
                to[i] = target.Accumulate ? to[i] + value : value;
            }
        }
    }

    /// <summary>result = x ⊙ sd(R, over); result may be R.</summary>
    public static void Multiply<T>(Activation<T> x, Activation<T> R, Activation<T> over, Activation<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Row(row);
            var relevance = R.Row(row);
            var below = over.Row(row);
            var to = result.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = from[i] * Divide(relevance[i], below[i]);
            }
        }
    }

    /// <summary>sd(R, over) in memory that the caller returns.</summary>
    public static Activation<T> Ratio<T>(Replay<T> replay, Activation<T> R, Activation<T> over)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var ratio = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        for (var row = 0; row < R.Rows; row++)
        {
            var relevance = R.Row(row);
            var below = over.Row(row);
            var to = ratio.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = Divide(relevance[i], below[i]);
            }
        }

        return ratio;
    }

    /// <summary>sd(a, b), the released code's safe_divide: the 1e-9 is added for negative divisors too.</summary>
    public static T Divide<T>(T a, T b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (b == T.Zero)
        {
            return T.Zero;
        }

        var divisor = b + T.CreateTruncating(1e-9);
        return a / (divisor == T.Zero ? T.CreateTruncating(1e-9) : divisor);
    }

    /// <summary>Sum of all values, in double: large relevances of both signs cancel.</summary>
    public static double Total<T>(Activation<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var row = 0; row < values.Rows; row++)
        {
            foreach (var value in values.Row(row))
            {
                sum += double.CreateTruncating(value);
            }
        }

        return sum;
    }

    /// <summary>values = factor values.</summary>
    public static void Scale<T>(Activation<T> values, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < values.Rows; row++)
        {
            foreach (ref var value in values.Row(row))
            {
                value *= factor;
            }
        }
    }
}
