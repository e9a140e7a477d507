using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>y = x sigmoid(x); dy/dx = s (1 + x (1 - s)) with s = sigmoid(x).</summary>
internal readonly struct Silu : IVectorFunction
{
    public static T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => x / (T.One + T.Exp(-x));

    public static T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = T.One / (T.One + T.Exp(-x));
        return dy * (s * (T.One + (x * (T.One - s))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Multiply(x, VectorMath<TWidth, TVector>.Sigmoid(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var s = VectorMath<TWidth, TVector>.Sigmoid(x);
        return TWidth.Multiply(dy, TWidth.MultiplyAdd(s, TWidth.Subtract(x, TWidth.Multiply(x, s)), s));
    }

    /// <summary>dx = dy sigmoid(x), or dx += dy sigmoid(x): the way back when the sigmoid is held constant. dx may be dy.</summary>
    public static void BackwardHeldSigmoid<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => HeldSigmoid.Backward(workers, x, dy, dx, accumulate);

    /// <summary>The same function with its sigmoid held constant on the way back.</summary>
    internal readonly struct HeldSigmoid : IVectorFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => Silu.Value(x);

        public static T Adjoint<T>(T x, T dy)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => dy / (T.One + T.Exp(-x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Value<TWidth, TVector>(TVector x)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => Silu.Value<TWidth, TVector>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(dy, VectorMath<TWidth, TVector>.Sigmoid(x));
    }
}
