using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Mambascope.Numerics;

namespace Mambascope.Attention;

/// <summary>What is done to the sign of every entry, channel by channel.</summary>
public enum SignRule
{
    /// <summary>Nothing: hidden attention is signed.</summary>
    Keep,

    /// <summary>Negative entries become zero.</summary>
    Clamp,

    /// <summary>Absolute values.</summary>
    Absolute,
}

/// <summary>The sign rules for one value and for many.</summary>
public static class SignRules
{
    /// <summary>The rule for one value.</summary>
    public static T Apply<T>(SignRule sign, T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sign switch
        {
            SignRule.Clamp => T.Max(value, T.Zero),
            SignRule.Absolute => T.Abs(value),
            _ => value,
        };

    /// <summary>The rule for many values, in place.</summary>
    public static void Apply<T>(SignRule sign, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (sign == SignRule.Clamp)
        {
            TensorPrimitives.Max(values, T.Zero, values);
        }
        else if (sign == SignRule.Absolute)
        {
            TensorPrimitives.Abs(values, values);
        }
    }
}

/// <summary>The sign rules for registers.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal interface ISign<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    static abstract TVector Apply(TVector value);
}

internal readonly struct KeepSign<TWidth, TVector> : ISign<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply(TVector value) => value;
}

internal readonly struct ClampSign<TWidth, TVector> : ISign<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply(TVector value) => TWidth.Max(value, TWidth.Zero);
}

internal readonly struct AbsoluteSign<TWidth, TVector> : ISign<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply(TVector value) => TWidth.Abs(value);
}
