using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>y = max(x, 0)² (So et al. 2021, Primer); dy/dx = 2 max(x, 0).</summary>
internal readonly struct ReluSquared : IVectorFunction
{
    public static T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Max(x, T.Zero) * T.Max(x, T.Zero);

    public static T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => dy * (T.Max(x, T.Zero) + T.Max(x, T.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var positive = TWidth.Max(x, TWidth.Zero);
        return TWidth.Multiply(positive, positive);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var positive = TWidth.Max(x, TWidth.Zero);
        return TWidth.Multiply(dy, TWidth.Add(positive, positive));
    }

    /// <summary>
    /// dx = dy max(x, 0), or dx += it: the way back of x [max(x, 0)] with the bracket held constant, which gives x exactly y. dx may be dy.
    /// </summary>
    public static void BackwardHeldFactor<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => HeldFactor.BackwardPlain(workers, x, dy, dx, accumulate);

    /// <summary>The same function with one of its factors held constant on the way back.</summary>
    internal readonly struct HeldFactor : IFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => ReluSquared.Value(x);

        public static T Adjoint<T>(T x, T dy)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => dy * T.Max(x, T.Zero);
    }
}
