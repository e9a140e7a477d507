using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>
/// The states of one channel as a line of N values, and what a scan over time does to it in one pass. Registers hold neighbouring states;
/// the last ones, which fill no register, are taken one by one.
/// </summary>
internal static class StateLine
{
    /// <summary>s = decay s + k b; gives sum of c s.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static T Advance<T>(Span<T> s, T decay, ReadOnlySpan<T> b, T k, ReadOnlySpan<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sums, decays, factors) = (Vector<T>.Zero, new Vector<T>(decay), new Vector<T>(k));
        ref var s0 = ref MemoryMarshal.GetReference(s);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        var n = 0;
        for (; n + Vector<T>.Count <= s.Length; n += Vector<T>.Count)
        {
            var state = (Vector.LoadUnsafe(ref s0, (nuint)n) * decays) + (Vector.LoadUnsafe(ref b0, (nuint)n) * factors);
            sums += state * Vector.LoadUnsafe(ref c0, (nuint)n);
            state.StoreUnsafe(ref s0, (nuint)n);
        }

        var sum = Vector.Sum(sums);
        for (; n < s.Length; n++)
        {
            s[n] = (s[n] * decay) + (b[n] * k);
            sum += s[n] * c[n];
        }

        return sum;
    }

    /// <summary>g = g + k c; gives sum of b g; then g = decay g.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static T Reverse<T>(Span<T> g, T decay, ReadOnlySpan<T> c, T k, ReadOnlySpan<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sums, decays, factors) = (Vector<T>.Zero, new Vector<T>(decay), new Vector<T>(k));
        ref var g0 = ref MemoryMarshal.GetReference(g);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        var n = 0;
        for (; n + Vector<T>.Count <= g.Length; n += Vector<T>.Count)
        {
            var adjoint = Vector.LoadUnsafe(ref g0, (nuint)n) + (Vector.LoadUnsafe(ref c0, (nuint)n) * factors);
            sums += adjoint * Vector.LoadUnsafe(ref b0, (nuint)n);
            (adjoint * decays).StoreUnsafe(ref g0, (nuint)n);
        }

        var sum = Vector.Sum(sums);
        for (; n < g.Length; n++)
        {
            var adjoint = g[n] + (c[n] * k);
            sum += adjoint * b[n];
            g[n] = adjoint * decay;
        }

        return sum;
    }

    /// <summary>to = decay from + k b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Combine<T>(ReadOnlySpan<T> from, T decay, ReadOnlySpan<T> b, T k, Span<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (decays, factors) = (new Vector<T>(decay), new Vector<T>(k));
        ref var from0 = ref MemoryMarshal.GetReference(from);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var to0 = ref MemoryMarshal.GetReference(to);
        var n = 0;
        for (; n + Vector<T>.Count <= to.Length; n += Vector<T>.Count)
        {
            ((Vector.LoadUnsafe(ref from0, (nuint)n) * decays) + (Vector.LoadUnsafe(ref b0, (nuint)n) * factors)).StoreUnsafe(
                ref to0, (nuint)n);
        }

        for (; n < to.Length; n++)
        {
            to[n] = (from[n] * decay) + (b[n] * k);
        }
    }

    /// <summary>to += k from.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(Span<T> to, T k, ReadOnlySpan<T> from)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = new Vector<T>(k);
        ref var from0 = ref MemoryMarshal.GetReference(from);
        ref var to0 = ref MemoryMarshal.GetReference(to);
        var n = 0;
        for (; n + Vector<T>.Count <= to.Length; n += Vector<T>.Count)
        {
            (Vector.LoadUnsafe(ref to0, (nuint)n) + (Vector.LoadUnsafe(ref from0, (nuint)n) * factors)).StoreUnsafe(ref to0, (nuint)n);
        }

        for (; n < to.Length; n++)
        {
            to[n] += k * from[n];
        }
    }

    /// <summary>values = k values.</summary>
    public static void Scale<T>(Span<T> values, T k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => System.Numerics.Tensors.TensorPrimitives.Multiply(values, k, values);

    /// <summary>Sum of a b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static T Dot<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = Vector<T>.Zero;
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        var n = 0;
        for (; n + Vector<T>.Count <= a.Length; n += Vector<T>.Count)
        {
            sums += Vector.LoadUnsafe(ref a0, (nuint)n) * Vector.LoadUnsafe(ref b0, (nuint)n);
        }

        var sum = Vector.Sum(sums);
        for (; n < a.Length; n++)
        {
            sum += a[n] * b[n];
        }

        return sum;
    }
}
