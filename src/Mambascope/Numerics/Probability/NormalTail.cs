using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// <see cref="ErrorFunction.NormalTail"/> for registers of any width: the three ranges of Cody's approximation side by side, of which every
/// lane takes its own, with one division for all.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static class NormalTail<TWidth, TVector>
    where TWidth : struct, IDoubleWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>
    /// The integral of the normal density from <paramref name="z"/> to infinity and the density at z, exp(-z²/2) / sqrt(2π), for z of 0 or
    /// more; relative error of either below 1e-14.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Tail, TVector Density) Of(TVector z)
    {
        var y = TWidth.Multiply(z, TWidth.Create(0.70710678118654752440)); // 1/sqrt(2)
        var square = TWidth.Multiply(y, y);

        // Near: 1/2 - y P(y²) / (2 Q(y²)). Middle: P(y) / Q(y). Far, with w = 1/y²: (1/sqrt(π) - w P(w) / Q(w)) / y, both sides of the
        // fraction times y¹⁰, so that they are polynomials in y² and nothing is divided twice.
        var near = TWidth.Greater(TWidth.Create(ErrorFunction.NearZero), y);
        var far = TWidth.Greater(y, TWidth.Create(ErrorFunction.Far));
        var within = TWidth.Min(y, TWidth.Create(40)); // beyond, the powers would run over; the tail is 0 there
        var (p, q) = (Falling(ErrorFunction.MiddleNumerator, y), Falling(ErrorFunction.MiddleDenominator, y));
        p = TWidth.Select(near, Falling(ErrorFunction.NearNumerator, square), p);
        q = TWidth.Select(near, Falling(ErrorFunction.NearDenominator, square), q);
        var power = TWidth.Multiply(within, within);
        var denominator = Rising(ErrorFunction.FarDenominator, power);
        var numerator = TWidth.Subtract(
            TWidth.Multiply(TWidth.Create(ErrorFunction.InverseRootPi), TWidth.Multiply(power, denominator)),
            Rising(ErrorFunction.FarNumerator, power));
        p = TWidth.Select(far, numerator, p);
        q = TWidth.Select(far, TWidth.Multiply(TWidth.Multiply(power, within), denominator), q);
        var ratio = TWidth.Divide(p, q);

        // exp(-z²/2) with z = s + d, s a sixteenth: s² is exact, so that no error of z² is blown up by the exponential.
        var to = TWidth.Min(z, TWidth.Create(39.5));
        var s = TWidth.Multiply(TWidth.Truncate(TWidth.Multiply(to, TWidth.Create(16))), TWidth.Create(0.0625));
        var half = TWidth.Create(-0.5);
        var e = TWidth.Multiply(
            TWidth.Exp(TWidth.Multiply(half, TWidth.Multiply(s, s))),
            TWidth.Exp(TWidth.Multiply(half, TWidth.Multiply(TWidth.Subtract(to, s), TWidth.Add(to, s)))));
        e = TWidth.Select(TWidth.Greater(z, TWidth.Create(39)), TWidth.Zero, e);
        var tail = TWidth.Select(
            near,
            TWidth.Subtract(TWidth.Create(0.5), TWidth.Multiply(TWidth.Multiply(TWidth.Create(0.5), y), ratio)),
            TWidth.Multiply(TWidth.Multiply(TWidth.Create(0.5), e), ratio));
        return (tail, TWidth.Multiply(e, TWidth.Create(0.39894228040143267794))); // 1/sqrt(2π)
    }

    // The polynomial whose coefficients begin with that of the highest power.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Falling(ReadOnlySpan<double> coefficients, TVector x)
    {
        var sum = TWidth.Create(coefficients[0]);
        for (var i = 1; i < coefficients.Length; i++)
        {
            sum = TWidth.MultiplyAdd(sum, x, TWidth.Create(coefficients[i]));
        }

        return sum;
    }

    // x to the highest power times the polynomial in 1/x: the same coefficients from the other end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Rising(ReadOnlySpan<double> coefficients, TVector x)
    {
        var sum = TWidth.Create(coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            sum = TWidth.MultiplyAdd(sum, x, TWidth.Create(coefficients[i]));
        }

        return sum;
    }
}
