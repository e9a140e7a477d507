using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>y = max(x, 0); dy/dx is 1 above zero, else 0.</summary>
internal readonly struct Relu : IVectorFunction
{
    public static T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Max(x, T.Zero);

    public static T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => x > T.Zero ? dy : T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Max(x, TWidth.Zero);

    // A step of 0 or 1 by the sign of x: scaled up until anything above zero exceeds one. x is -0, 0 or above the least normal number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var huge = TWidth.Create(1e38f);
        var step = TWidth.Min(TWidth.Max(TWidth.Multiply(TWidth.Multiply(x, huge), huge), TWidth.Zero), TWidth.Create(1));
        return TWidth.Multiply(dy, step);
    }
}
