using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>Elementary functions on registers of any width, to a few units in the last place of float.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static class VectorMath<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>log2(e): multiply by it once, outside the loop, and use <see cref="Exp2"/> inside.</summary>
    public const float Log2E = 1.44269504088896341f;

    /// <summary>
    /// 2^x. With k = round(x) and f = x - k in [-1/2, 1/2], 2^x = 2^k 2^f. For 2^f a polynomial 1 + f q(f) of degree 5, q fitted by
    /// Remez exchange; relative error below 1.5e-7, and below it in proportion to |f|, because slow decays (x near 0) are multiplied
    /// up over thousands of steps. Inputs outside [-126, 127] are clamped: 2^-126 stands for zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2(TVector x)
    {
        x = TWidth.Max(TWidth.Min(x, TWidth.Create(127)), TWidth.Create(-126));
        var k = TWidth.Round(x);
        var f = TWidth.Subtract(x, k);
        var p = TWidth.MultiplyAdd(TWidth.Create(0.00132669770005f), f, TWidth.Create(0.00966587830116f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(0.0555066551431f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(0.240223582036f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(0.693147092877f));
        p = TWidth.MultiplyAdd(p, f, TWidth.Create(1));
        return TWidth.Scale(p, k);
    }

    /// <summary>e^x; see <see cref="Exp2"/> for range and error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x) => Exp2(TWidth.Multiply(x, TWidth.Create(Log2E)));

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
        => TWidth.Divide(TWidth.Create(1), TWidth.Add(TWidth.Create(1), Exp2(TWidth.Multiply(x, TWidth.Create(-Log2E)))));

    /// <summary>
    /// ln(1 + e^x) = max(x, 0) + ln(1 + w) with w = e^-|x|. With t = w / (2 + w) in (0, 1/3], ln(1 + w) = 2 artanh(t) = 2 t P(t^2);
    /// P of degree 4 on [0, 1/9] by Remez exchange, relative error 4e-9, so small results keep their relative precision.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus(TVector x)
    {
        var w = Exp2(TWidth.Multiply(TWidth.Abs(x), TWidth.Create(-Log2E)));
        var t = TWidth.Divide(w, TWidth.Add(TWidth.Create(2), w));
        var q = TWidth.Multiply(t, t);
        var p = TWidth.MultiplyAdd(TWidth.Create(0.140891640454f), q, TWidth.Create(0.139803021233f));
        p = TWidth.MultiplyAdd(p, q, TWidth.Create(0.200124550905f));
        p = TWidth.MultiplyAdd(p, q, TWidth.Create(0.333331573422f));
        p = TWidth.MultiplyAdd(p, q, TWidth.Create(1.00000000396f));
        return TWidth.MultiplyAdd(TWidth.Add(t, t), p, TWidth.Max(x, TWidth.Zero));
    }

    /// <summary>
    /// Φ(-z) = erfc(z / sqrt(2)) / 2 for z >= 0. With w = z / sqrt(2) and t = 1 / (1 + w/2), erfc(w) = t exp(-w² + P(t)), P of degree 9
    /// (Press et al., Numerical Recipes, "erfcc"): relative error 1.2e-7 everywhere, so tails keep their precision. Beyond z = 13 zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NormalTail(TVector z)
    {
        var w = TWidth.Multiply(z, TWidth.Create(0.707106781187f));
        var t = TWidth.Divide(TWidth.Create(1), TWidth.MultiplyAdd(w, TWidth.Create(0.5f), TWidth.Create(1)));
        var p = TWidth.MultiplyAdd(TWidth.Create(0.17087277f), t, TWidth.Create(-0.82215223f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(1.48851587f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(-1.13520398f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(0.27886807f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(-0.18628806f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(0.09678418f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(0.37409196f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(1.00002368f));
        p = TWidth.MultiplyAdd(p, t, TWidth.Create(-1.26551223f));
        var exponent = TWidth.Multiply(TWidth.Subtract(p, TWidth.Multiply(w, w)), TWidth.Create(Log2E));
        return TWidth.Multiply(TWidth.Multiply(t, TWidth.Create(0.5f)), Exp2(exponent));
    }
}
