using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// What the rules of <see cref="TransformerRelevance"/> have in common: products with, and divisions by, sums that may be near zero.
/// </summary>
internal static class RelevanceArithmetic
{
    private const double Stabiliser = 1e-9;

    /// <summary>target (+)= ½ x ⊙ back.</summary>
    public static void AddHalf(Workers workers, Activation<double> x, Activation<double> back, AdjointTarget<double> target)
        => AddProduct(workers, x, back, 0.5, target);

    /// <summary>target (+)= factor x ⊙ back.</summary>
    public static void AddProduct(
        Workers workers, Activation<double> x, Activation<double> back, double factor, AdjointTarget<double> target)
        => OverRows(workers, target.Data, row =>
        {
            var from = x.Row(row);
            var with = back.Row(row);
            var to = target.Data.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var value = factor * from[i] * with[i];
                to[i] = target.Accumulate ? to[i] + value : value;
            }
        });

    /// <summary>target (+)= x⁺ ⊙ positive + x⁻ ⊙ negative.</summary>
    public static void AddBySign(
        Workers workers, Activation<double> x, Activation<double> positive, Activation<double> negative, AdjointTarget<double> target)
        => OverRows(workers, target.Data, row =>
        {
            var from = x.Row(row);
            var plus = positive.Row(row);
            var minus = negative.Row(row);
            var to = target.Data.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var value = (Math.Max(from[i], 0) * plus[i]) + (Math.Min(from[i], 0) * minus[i]);
                to[i] = target.Accumulate ? to[i] + value : value;
            }
        });

    /// <summary>result = x ⊙ sd(R, over); result may be R.</summary>
    public static void Multiply(
        Workers workers, Activation<double> x, Activation<double> R, Activation<double> over, Activation<double> result)
        => OverRows(workers, result, row =>
        {
            Divide(R.Row(row), over.Row(row), result.Row(row));
            TensorPrimitives.Multiply(result.Row(row), x.Row(row), result.Row(row));
        });

    /// <summary>result = sd(R, over); result may be either.</summary>
    public static void Ratio(Workers workers, Activation<double> R, Activation<double> over, Activation<double> result)
        => OverRows(workers, result, row => Divide(R.Row(row), over.Row(row), result.Row(row)));

    /// <summary>sd(a, b), the released code's safe_divide: the 1e-9 is added for negative divisors too.</summary>
    public static double Divide(double a, double b)
    {
        if (b == 0)
        {
            return 0;
        }

        var divisor = b + Stabiliser;
        return a / (divisor == 0 ? Stabiliser : divisor);
    }

    /// <summary>Sum of all values.</summary>
    public static double Total(Activation<double> values)
    {
        var sum = 0.0;
        for (var row = 0; row < values.Rows; row++)
        {
            sum += TensorPrimitives.Sum<double>(values.Row(row));
        }

        return sum;
    }

    /// <summary>values = factor values.</summary>
    public static void Scale(Activation<double> values, double factor)
    {
        for (var row = 0; row < values.Rows; row++)
        {
            TensorPrimitives.Multiply(values.Row(row), factor, values.Row(row));
        }
    }

    // The scalar form for the last values that fill no register.
    private static void Divide(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> result)
    {
        var (zero, stabiliser) = (Vector<double>.Zero, new Vector<double>(Stabiliser));
        var i = 0;
        for (; i <= result.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var below = new Vector<double>(b[i..]);
            var divisor = below + stabiliser;
            divisor = Vector.ConditionalSelect(Vector.Equals(divisor, zero), stabiliser, divisor);
            var ratio = new Vector<double>(a[i..]) / divisor;
            Vector.ConditionalSelect(Vector.Equals(below, zero), zero, ratio).CopyTo(result[i..]);
        }

        for (; i < result.Length; i++)
        {
            result[i] = Divide(a[i], b[i]);
        }
    }

    private static void OverRows(Workers workers, Activation<double> shape, Action<int> row)
        => RowBlocks.For(workers, shape.Rows, shape.Width, (first, last) =>
        {
            for (var i = first; i < last; i++)
            {
                row(i);
            }
        });
}
