using System.Runtime.InteropServices;

namespace Mambascope.Evaluation;

/// <summary>
/// Wilson's score interval for a proportion: where the true rate lies, given k successes in n trials. Unlike p ± z·sqrt(p(1-p)/n)
/// it stays inside [0, 1] and keeps its coverage near 0 and 1 and for small n.
/// <para>centre = (p + z²/2n) / (1 + z²/n), half width = z / (1 + z²/n) · sqrt(p(1-p)/n + z²/4n²), with p = k/n.</para>
/// E. B. Wilson 1927, "Probable inference, the law of succession, and statistical inference".
/// </summary>
/// <param name="Rate">The observed rate k/n.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WilsonInterval(double Rate, double Lower, double Upper)
{
    /// <summary>Normal quantile of a two-sided 95 % interval.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>The interval for <paramref name="successes"/> of <paramref name="trials"/>, 95 % unless another z is given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No trials, or successes outside 0 .. trials, or z not positive.</exception>
    public static WilsonInterval Of(long successes, long trials, double z = Z95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (!(z > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(z), z, "z must be positive.");
        }

        double n = trials;
        var p = successes / n;
        var shrink = 1 / (1 + (z * z / n));
        var centre = (p + (z * z / (2 * n))) * shrink;
        var half = z * shrink * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        // At k = 0 and k = n the ends are exactly 0 and 1; rounding must not push them off.
        return new WilsonInterval(p, successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }
}
