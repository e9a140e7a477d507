namespace Mambascope.Numerics;

/// <summary>
/// erfc(x) = 2/sqrt(π) ∫ exp(-t²) dt from x to infinity, in double precision: the rational approximations of Cody (Mathematics of
/// Computation 23, 1969; his CALERF), three ranges, relative error below 1e-15. Twenty to fifty times faster than a series.
/// </summary>
internal static class ErrorFunction
{
    internal const double NearZero = 0.46875;
    internal const double Far = 4;
    internal const double InverseRootPi = 0.56418958354775628695; // 1/sqrt(π)

    internal static ReadOnlySpan<double> NearNumerator
        => [1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];

    internal static ReadOnlySpan<double> NearDenominator
        => [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    internal static ReadOnlySpan<double> MiddleNumerator
        =>
        [
            2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
            8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
        ];

    internal static ReadOnlySpan<double> MiddleDenominator
        =>
        [
            1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
            4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
        ];

    internal static ReadOnlySpan<double> FarNumerator
        =>
        [
            1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
            6.58749161529837803e-4,
        ];

    internal static ReadOnlySpan<double> FarDenominator
        => [1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];

    /// <summary>erfc(x); 2 at minus infinity, 0 from about 27 on.</summary>
    public static double Complement(double x) => 2 * NormalTail(x * Math.Sqrt(2));

    /// <summary>The integral of the normal density from <paramref name="x"/> to infinity, erfc(x/sqrt(2)) / 2.</summary>
    public static double NormalTail(double x)
    {
        var z = Math.Abs(x);
        var y = z / Math.Sqrt(2);
        if (!(y > NearZero))
        {
            return 0.5 - (x / Math.Sqrt(2) * Polynomial(NearNumerator, y * y) / Polynomial(NearDenominator, y * y) / 2);
        }

        double scaled; // erfc(y) exp(y²)
        if (y <= Far)
        {
            scaled = Polynomial(MiddleNumerator, y) / Polynomial(MiddleDenominator, y);
        }
        else
        {
            var w = 1 / (y * y);
            scaled = (InverseRootPi - (w * Polynomial(FarNumerator, w) / Polynomial(FarDenominator, w))) / y;
        }

        // exp(-z²/2) with z = s + d, s a sixteenth: s² is exact, so that no error of z² is blown up by the exponential.
        var s = Math.Truncate(z * 16) / 16;
        var tail = z > 39 ? 0 : Math.Exp(-s * s / 2) * Math.Exp(-(z - s) * (z + s) / 2) * scaled / 2;
        return x < 0 ? 1 - tail : tail;
    }

    // Highest power first.
    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
        {
            sum = (sum * x) + coefficient;
        }

        return sum;
    }
}
