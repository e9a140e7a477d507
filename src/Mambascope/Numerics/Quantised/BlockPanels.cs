using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// Panels of quantised values as the kernels of <see cref="Gemm"/> need them, widened on their way into the multiply-adds. A value is
/// scale · n, less an offset, rounded after each operation as <see cref="BlockFormat.Widen"/> does; sums are those of the same matrix in
/// singles, bit by bit, wherever the inner dimension is cut at the same places.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class BlockPanels<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Inputs between which a panel may be cut.</summary>
    public const int Unit = 32;

    // Bytes ahead of the sums that are asked for, as in HalfPanels.
    private const int Ahead = 2048;

    /// <summary>
    /// One row: C[0, 0..2 lanes] = a B + start, or += a B, over inputs [first, first + inner) of a panel; both multiples of
    /// <see cref="Unit"/>.
    /// </summary>
    public static void Multiply1x2(
        BlockLayout layout, int first, int inner, float* a, nint aStep, uint* words, float* c, float* start, bool add)
    {
        var panel = (float*)words;
        switch (layout)
        {
            case BlockLayout.Bytes: Multiply1x2<BytePanels>(first, inner, a, aStep, panel, c, start, add); break;
            case BlockLayout.Nibbles: Multiply1x2<NibblePanels>(first, inner, a, aStep, panel, c, start, add); break;
            case BlockLayout.Integers32: Multiply1x2<IntegerPanels<By32>>(first, inner, a, aStep, panel, c, start, add); break;
            case BlockLayout.Integers32Offset:
                Multiply1x2<IntegerPanels<By32WithOffset>>(first, inner, a, aStep, panel, c, start, add);
                break;
            case BlockLayout.Integers16: Multiply1x2<IntegerPanels<By16>>(first, inner, a, aStep, panel, c, start, add); break;
            default: Multiply1x2<IntegerPanels<By16WithOffset>>(first, inner, a, aStep, panel, c, start, add); break;
        }
    }

    /// <summary>Inputs [first, first + inner) of a panel as singles, in the order of a panel of singles.</summary>
    public static void Widen(BlockLayout layout, int first, int inner, ReadOnlySpan<uint> panel, Span<float> to)
    {
        Debug.Assert(to.Length >= inner * 2 * TWidth.Lanes && first % Unit == 0 && inner % Unit == 0, "no whole blocks");
        fixed (uint* words = panel)
        fixed (float* singles = to)
        {
            switch (layout)
            {
                case BlockLayout.Bytes: Widen<BytePanels>(first, inner, (float*)words, singles); break;
                case BlockLayout.Nibbles: Widen<NibblePanels>(first, inner, (float*)words, singles); break;
                case BlockLayout.Integers32: Widen<IntegerPanels<By32>>(first, inner, (float*)words, singles); break;
                case BlockLayout.Integers32Offset: Widen<IntegerPanels<By32WithOffset>>(first, inner, (float*)words, singles); break;
                case BlockLayout.Integers16: Widen<IntegerPanels<By16>>(first, inner, (float*)words, singles); break;
                default: Widen<IntegerPanels<By16WithOffset>>(first, inner, (float*)words, singles); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1x2<TLayout>(int first, int inner, float* a, nint aStep, float* panel, float* c, float* start, bool add)
        where TLayout : struct, IBlockPanels
    {
        TVector c0 = TWidth.Zero, c1 = TWidth.Zero;
        for (var input = first; input < first + inner; input += TLayout.Group)
        {
            var block = panel + ((nint)(input / TLayout.Inputs) * TLayout.Registers * TWidth.Lanes);
            var group = input % TLayout.Inputs / TLayout.Group;
            TVector s0 = TLayout.Scale<TWidth, TVector>(block, group, 0), s1 = TLayout.Scale<TWidth, TVector>(block, group, 1);
            TVector o0 = TLayout.Offset<TWidth, TVector>(block, group, 0), o1 = TLayout.Offset<TWidth, TVector>(block, group, 1);
            var words = Words<TLayout>(block, group);
            for (var i = 0; i < TLayout.Group; i += TLayout.NumbersInWord)
            {
                TVector w0 = TWidth.Load(ref *words, 0), w1 = TWidth.Load(ref *words, (nuint)TWidth.Lanes);
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0((byte*)words + Ahead);
                    Sse.Prefetch0((byte*)(words + TWidth.Lanes) + Ahead);
                }

                words += 2 * TWidth.Lanes;
                TVector x = TWidth.Create(*a), y = TWidth.Create(a[aStep]);
                TVector z = TWidth.Create(a[2 * aStep]), u = TWidth.Create(a[3 * aStep]);
                c0 = TWidth.MultiplyAdd(x, Value<TLayout>(w0, 0, s0, o0), c0);
                c1 = TWidth.MultiplyAdd(x, Value<TLayout>(w1, 0, s1, o1), c1);
                c0 = TWidth.MultiplyAdd(y, Value<TLayout>(w0, 1, s0, o0), c0);
                c1 = TWidth.MultiplyAdd(y, Value<TLayout>(w1, 1, s1, o1), c1);
                c0 = TWidth.MultiplyAdd(z, Value<TLayout>(w0, 2, s0, o0), c0);
                c1 = TWidth.MultiplyAdd(z, Value<TLayout>(w1, 2, s1, o1), c1);
                c0 = TWidth.MultiplyAdd(u, Value<TLayout>(w0, 3, s0, o0), c0);
                c1 = TWidth.MultiplyAdd(u, Value<TLayout>(w1, 3, s1, o1), c1);
                a += 4 * aStep;
                if (TLayout.NumbersInWord == 8)
                {
                    (x, y, z, u) = (TWidth.Create(*a), TWidth.Create(a[aStep]), TWidth.Create(a[2 * aStep]), TWidth.Create(a[3 * aStep]));
                    c0 = TWidth.MultiplyAdd(x, Value<TLayout>(w0, 4, s0, o0), c0);
                    c1 = TWidth.MultiplyAdd(x, Value<TLayout>(w1, 4, s1, o1), c1);
                    c0 = TWidth.MultiplyAdd(y, Value<TLayout>(w0, 5, s0, o0), c0);
                    c1 = TWidth.MultiplyAdd(y, Value<TLayout>(w1, 5, s1, o1), c1);
                    c0 = TWidth.MultiplyAdd(z, Value<TLayout>(w0, 6, s0, o0), c0);
                    c1 = TWidth.MultiplyAdd(z, Value<TLayout>(w1, 6, s1, o1), c1);
                    c0 = TWidth.MultiplyAdd(u, Value<TLayout>(w0, 7, s0, o0), c0);
                    c1 = TWidth.MultiplyAdd(u, Value<TLayout>(w1, 7, s1, o1), c1);
                    a += 4 * aStep;
                }
            }
        }

        Put(c, c0, start, add);
        Put(c + TWidth.Lanes, c1, start is null ? null : start + TWidth.Lanes, add);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widen<TLayout>(int first, int inner, float* panel, float* to)
        where TLayout : struct, IBlockPanels
    {
        for (var input = first; input < first + inner; input += TLayout.Group)
        {
            var block = panel + ((nint)(input / TLayout.Inputs) * TLayout.Registers * TWidth.Lanes);
            var group = input % TLayout.Inputs / TLayout.Group;
            TVector s0 = TLayout.Scale<TWidth, TVector>(block, group, 0), s1 = TLayout.Scale<TWidth, TVector>(block, group, 1);
            TVector o0 = TLayout.Offset<TWidth, TVector>(block, group, 0), o1 = TLayout.Offset<TWidth, TVector>(block, group, 1);
            var words = Words<TLayout>(block, group);
            for (var i = 0; i < TLayout.Group; i += TLayout.NumbersInWord)
            {
                TVector w0 = TWidth.Load(ref *words, 0), w1 = TWidth.Load(ref *words, (nuint)TWidth.Lanes);
                words += 2 * TWidth.Lanes;
                Store<TLayout>(w0, w1, 0, s0, s1, o0, o1, to);
                Store<TLayout>(w0, w1, 1, s0, s1, o0, o1, to);
                Store<TLayout>(w0, w1, 2, s0, s1, o0, o1, to);
                Store<TLayout>(w0, w1, 3, s0, s1, o0, o1, to);
                if (TLayout.NumbersInWord == 8)
                {
                    Store<TLayout>(w0, w1, 4, s0, s1, o0, o1, to);
                    Store<TLayout>(w0, w1, 5, s0, s1, o0, o1, to);
                    Store<TLayout>(w0, w1, 6, s0, s1, o0, o1, to);
                    Store<TLayout>(w0, w1, 7, s0, s1, o0, o1, to);
                }

                to += TLayout.NumbersInWord * 2 * TWidth.Lanes;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Words<TLayout>(float* block, int group)
        where TLayout : struct, IBlockPanels
        => block + ((TLayout.NumbersAt + (2 * group * (TLayout.Group / TLayout.NumbersInWord))) * TWidth.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Value<TLayout>(TVector word, int place, TVector scale, TVector offset)
        where TLayout : struct, IBlockPanels
    {
        var product = TWidth.Multiply(TLayout.Number<TWidth, TVector>(word, place), scale);
        return TLayout.HasOffset ? TWidth.Subtract(product, offset) : product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLayout>(TVector w0, TVector w1, int place, TVector s0, TVector s1, TVector o0, TVector o1, float* to)
        where TLayout : struct, IBlockPanels
    {
        TWidth.Store(Value<TLayout>(w0, place, s0, o0), ref *to, (nuint)(2 * place * TWidth.Lanes));
        TWidth.Store(Value<TLayout>(w1, place, s1, o1), ref *to, (nuint)(((2 * place) + 1) * TWidth.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector sum, float* start, bool add)
    {
        var before = add ? TWidth.Load(ref *c, 0) : start is null ? TWidth.Zero : TWidth.Load(ref *start, 0);
        TWidth.Store(TWidth.Add(sum, before), ref *c, 0);
    }
}
