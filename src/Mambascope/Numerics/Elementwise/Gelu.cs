using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The exact Gaussian error linear unit (Hendrycks and Gimpel 2016): y = x Φ(x); dy/dx = Φ(x) + x φ(x), with φ and Φ of
/// <see cref="NormalDistribution{T}"/>.
/// </summary>
internal readonly struct Gelu : IVectorFunction
{
    public static T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => x * NormalDistribution<T>.Cumulative(x);

    public static T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => dy * (NormalDistribution<T>.Cumulative(x) + (x * NormalDistribution<T>.Density(x)));

    // x Φ(x) = max(x, 0) - |x| Φ(-|x|)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var z = TWidth.Abs(x);
        return TWidth.Subtract(TWidth.Max(x, TWidth.Zero), TWidth.Multiply(z, VectorMath<TWidth, TVector>.NormalTail(z)));
    }

    // Φ(x) = tail + step (1 - 2 tail) with tail = Φ(-|x|) and step 0 or 1 by the sign of x; between them, near 0, tail = 1/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var tail = VectorMath<TWidth, TVector>.NormalTail(TWidth.Abs(x));
        var step = TWidth.Min(TWidth.Max(TWidth.Multiply(x, TWidth.Create(1e37f)), TWidth.Zero), TWidth.Create(1));
        var cumulative = TWidth.MultiplyAdd(step, TWidth.Subtract(TWidth.Create(1), TWidth.Add(tail, tail)), tail);

        // Beyond 20 the density is the exponential's floor, which a huge x must not blow up.
        var near = TWidth.Max(TWidth.Min(x, TWidth.Create(20)), TWidth.Create(-20));
        var exponent = TWidth.Multiply(TWidth.Multiply(near, near), TWidth.Create(-0.7213475204f)); // -x²/2 log2(e)
        var density = TWidth.Multiply(TWidth.Create(0.3989422804f), VectorMath<TWidth, TVector>.Exp2(exponent));
        return TWidth.Multiply(dy, TWidth.MultiplyAdd(near, density, cumulative));
    }

    public static bool TakesDoubles => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ValueOfDoubles<TWidth, TVector>(TVector x)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        var z = TWidth.Abs(x);
        var within = TWidth.Min(z, TWidth.Create(40)); // the tail is 0 there
        return TWidth.Subtract(TWidth.Max(x, TWidth.Zero), TWidth.Multiply(within, NormalTail<TWidth, TVector>.Of(z).Tail));
    }

    // Beyond 40 the density is zero, which a huge x must not turn into no number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AdjointOfDoubles<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        var (tail, density) = NormalTail<TWidth, TVector>.Of(TWidth.Abs(x));
        var cumulative = TWidth.Select(TWidth.Greater(x, TWidth.Zero), TWidth.Subtract(TWidth.Create(1), tail), tail);
        var near = TWidth.Max(TWidth.Min(x, TWidth.Create(40)), TWidth.Create(-40));
        return TWidth.Multiply(dy, TWidth.MultiplyAdd(near, density, cumulative));
    }

    /// <summary>
    /// dx = dy Φ(x), or dx += it: the way back when Φ(x) is held constant, so that relevance passes unchanged. Plain for floats too.
    /// </summary>
    public static void BackwardHeldGate<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => HeldGate.BackwardPlain(workers, x, dy, dx, accumulate);

    /// <summary>The same function with Φ(x) held constant on the way back.</summary>
    internal readonly struct HeldGate : IFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => Gelu.Value(x);

        public static T Adjoint<T>(T x, T dy)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => dy * NormalDistribution<T>.Cumulative(x);
    }
}
