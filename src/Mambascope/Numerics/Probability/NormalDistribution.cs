using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>The standard normal distribution: density φ(x) = exp(-x²/2) / sqrt(2π) and its integral Φ(x) = erfc(-x/sqrt(2)) / 2.</summary>
internal static class NormalDistribution<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T half = T.CreateTruncating(0.5);

    // Where the continued fraction takes over from the series; both have converged there.
    private static readonly T far = T.CreateTruncating(3);

    /// <summary>φ(x).</summary>
    public static T Density(T x) => T.Exp(-half * x * x) / T.Sqrt(T.Pi + T.Pi);

    /// <summary>Φ(x), to the precision of T: doubles by <see cref="ErrorFunction"/>, others by <see cref="Summed"/>.</summary>
    public static T Cumulative(T x)
        => typeof(T) == typeof(double) ? (T)(object)ErrorFunction.NormalTail(-(double)(object)x) : Summed(x);

    /// <summary>
    /// Φ(x) for any type, and to hold the closed approximation against. Near zero 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + ...), a series of
    /// terms of one sign; far out the continued fraction of Laplace, Φ(-x) = φ(x) / (x + 1/(x + 2/(x + 3/(x + ...)))).
    /// </summary>
    internal static T Summed(T x)
    {
        var z = T.Abs(x);
        if (!(z > far))
        {
            var (term, sum) = (z, T.Zero);
            for (var n = 3; sum + term > sum; n += 2)
            {
                sum += term;
                term *= z * z / T.CreateTruncating(n);
            }

            var part = Density(z) * sum;
            return x < T.Zero ? half - part : half + part;
        }

        var fraction = z;
        for (var n = 80; n > 0; n--)
        {
            fraction = z + (T.CreateTruncating(n) / fraction);
        }

        var tail = Density(z) / fraction;
        return x < T.Zero ? tail : T.One - tail;
    }
}

/// <summary>Draws from it.</summary>
internal static class NormalDistribution
{
    /// <summary>A standard normal variate (Box and Muller 1958); takes two numbers from <paramref name="random"/>.</summary>
    public static double Draw(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
