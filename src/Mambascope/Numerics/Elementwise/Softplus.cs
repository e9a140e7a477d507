using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>y = ln(1 + e^x), computed as max(x, 0) + ln(1 + e^-|x|) so that it never overflows; dy/dx = sigmoid(x).</summary>
internal readonly struct Softplus : IVectorFunction
{
    public static T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Max(x, T.Zero) + T.LogP1(T.Exp(-T.Abs(x)));

    public static T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => dy * (T.One / (T.One + T.Exp(-x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => VectorMath<TWidth, TVector>.Softplus(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Multiply(dy, VectorMath<TWidth, TVector>.Sigmoid(x));
}
