using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// GPT-2's form of the Gaussian error linear unit ("gelu_new"): y = x/2 (1 + tanh(k (x + c x³))) = x g with g = sigmoid(2k (x + c x³)),
/// k = sqrt(2/π), c = 0.044715; dy/dx = g + x g (1 - g) 2k (1 + 3c x²).
/// </summary>
internal readonly struct GeluTanh : IVectorFunction
{
    private const double TwoK = 1.5957691216057308;
    private const double C = 0.044715;

    // Beyond it g is 0 or 1 to the last bit, and powers of a huge x must not blow up.
    private const float Far = 20;

    public static T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => x * Gate(x);

    public static T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (g, near) = (Gate(x), Near(x));
        return dy * (g + (near * g * (T.One - g) * T.CreateTruncating(TwoK) * (T.One + (T.CreateTruncating(3 * C) * near * near))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Multiply(TWidth.Max(x, TWidth.Create(-Far)), Gate<TWidth, TVector>(Near<TWidth, TVector>(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var near = Near<TWidth, TVector>(x);
        var g = Gate<TWidth, TVector>(near);
        var steepness = TWidth.MultiplyAdd(
            TWidth.Multiply(near, near), TWidth.Create((float)(3 * C * TwoK)), TWidth.Create((float)TwoK));
        var slope = TWidth.Multiply(TWidth.Multiply(near, TWidth.Subtract(g, TWidth.Multiply(g, g))), steepness);
        return TWidth.Multiply(dy, TWidth.Add(g, slope));
    }

    /// <summary>dx = dy g, or dx += it: the way back when g is held constant, so that relevance passes unchanged.</summary>
    public static void BackwardHeldGate<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => HeldGate.BackwardPlain(workers, x, dy, dx, accumulate);

    private static T Near<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Clamp(x, T.CreateTruncating(-Far), T.CreateTruncating(Far));

    private static T Gate<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var near = Near(x);
        return T.One / (T.One + T.Exp(-T.CreateTruncating(TwoK) * (near + (T.CreateTruncating(C) * near * near * near))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Near<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Max(TWidth.Min(x, TWidth.Create(Far)), TWidth.Create(-Far));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gate<TWidth, TVector>(TVector near)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var cubic = TWidth.MultiplyAdd(TWidth.Multiply(near, near), TWidth.Create((float)(C * TwoK)), TWidth.Create((float)TwoK));
        return VectorMath<TWidth, TVector>.Sigmoid(TWidth.Multiply(near, cubic));
    }

    /// <summary>The same function with g held constant on the way back.</summary>
    internal readonly struct HeldGate : IFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => GeluTanh.Value(x);

        public static T Adjoint<T>(T x, T dy)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => dy * Gate(x);
    }
}
