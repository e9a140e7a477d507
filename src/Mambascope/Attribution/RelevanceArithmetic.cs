using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>
/// What the rules of <see cref="TransformerRelevance"/> have in common: products with, and divisions by, sums that may be near zero.
/// sd(a, b) is the released code's safe_divide, a / (b + 1e-9), and 0 where b = 0; the 1e-9 is added for negative divisors too.
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
        => WidestRegisters.RunDouble(
            new DoubleElementwise<ScaledProduct>(workers, x, back, back, target.Data, target.Accumulate, new(factor)));

    /// <summary>target (+)= x⁺ ⊙ positive + x⁻ ⊙ negative.</summary>
    public static void AddBySign(
        Workers workers, Activation<double> x, Activation<double> positive, Activation<double> negative, AdjointTarget<double> target)
        => WidestRegisters.RunDouble(
            new DoubleElementwise<BySign>(workers, x, positive, negative, target.Data, target.Accumulate, default));

    /// <summary>result = x ⊙ sd(R, over); result may be R.</summary>
    public static void Multiply(
        Workers workers, Activation<double> x, Activation<double> R, Activation<double> over, Activation<double> result)
        => WidestRegisters.RunDouble(new DoubleElementwise<Share>(workers, R, over, x, result, Accumulate: false, default));

    /// <summary>result = sd(R, over); result may be either.</summary>
    public static void Ratio(Workers workers, Activation<double> R, Activation<double> over, Activation<double> result)
        => WidestRegisters.RunDouble(new DoubleElementwise<SafeRatio>(workers, R, over, over, result, Accumulate: false, default));

    /// <summary>result = sd(R, (a + b) / 2); result may be any of them.</summary>
    public static void RatioToMean(
        Workers workers, Activation<double> R, Activation<double> a, Activation<double> b, Activation<double> result)
        => WidestRegisters.RunDouble(new DoubleElementwise<SafeRatioToMean>(workers, R, a, b, result, Accumulate: false, default));

    /// <summary>sd(a, b).</summary>
    public static double Divide(double a, double b) => Divide<Doubles1, double>(a, b);

    /// <summary>Sum of all values; of each block of rows first, then over these, in order.</summary>
    public static double Total(Workers workers, Activation<double> values)
    {
        var sums = new double[values.Rows];
        RowBlocks.For(workers, values.Rows, values.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                sums[row] = TensorPrimitives.Sum<double>(values.Row(row));
            }
        });
        return TensorPrimitives.Sum<double>(sums);
    }

    /// <summary>values = factor values.</summary>
    public static void Scale(Workers workers, Activation<double> values, double factor)
        => WidestRegisters.RunDouble(
            new DoubleElementwise<Scaled>(workers, values, values, values, values, Accumulate: false, new(factor)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Divide<TWidth, TVector>(TVector a, TVector b)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        var divisor = TWidth.Add(b, TWidth.Create(Stabiliser));
        divisor = TWidth.Select(TWidth.Equal(divisor, TWidth.Zero), TWidth.Create(Stabiliser), divisor);
        return TWidth.Select(TWidth.Equal(b, TWidth.Zero), TWidth.Zero, TWidth.Divide(a, divisor));
    }

    // factor a
    private readonly record struct Scaled(double Factor) : IDoubleFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(TWidth.Create(Factor), a);
    }

    // factor a b
    private readonly record struct ScaledProduct(double Factor) : IDoubleFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(TWidth.Multiply(TWidth.Create(Factor), a), b);
    }

    // a⁺ b + a⁻ c
    private readonly struct BySign : IDoubleFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => TWidth.Add(
                TWidth.Multiply(TWidth.Max(a, TWidth.Zero), b), TWidth.Multiply(TWidth.Min(a, TWidth.Zero), c));
    }

    // c sd(a, b)
    private readonly struct Share : IDoubleFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(Divide<TWidth, TVector>(a, b), c);
    }

    // sd(a, b)
    private readonly struct SafeRatio : IDoubleFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => Divide<TWidth, TVector>(a, b);
    }

    // sd(a, (b + c) / 2)
    private readonly struct SafeRatioToMean : IDoubleFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => Divide<TWidth, TVector>(a, TWidth.Multiply(TWidth.Create(0.5), TWidth.Add(b, c)));
    }
}
