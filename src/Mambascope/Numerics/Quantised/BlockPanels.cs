using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// Panels of quantised values as the kernels of <see cref="Gemm"/> need them, widened on their way into the multiply-adds. A value is
/// scale · n, less an offset, rounded after each operation as <see cref="BlockFormat.Widen"/> does; sums are those of the same matrix in
/// singles, bit by bit, wherever the inner dimension is cut at the same places; but for products of one row, which are as exact, not the
/// same.
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

    /// <summary>Singles that <see cref="Prepare"/> writes for a row of so many.</summary>
    public static int PreparedLength(int inner) => inner + (inner / 16);

    /// <summary>
    /// A row of factors as the product of one row takes it: each multiplied by the power of two that belongs to its place in a word, and
    /// behind them, of each group that shares an offset, the sum, negative.
    /// </summary>
    /// <param name="layout">Layout of the panels.</param>
    /// <param name="inner">Number of factors.</param>
    /// <param name="a">The factors.</param>
    /// <param name="aStep">From one to the next.</param>
    /// <param name="to">Where to; see <see cref="PreparedLength"/>.</param>
    public static void Prepare(BlockLayout layout, int inner, float* a, nint aStep, float* to)
    {
        switch (layout)
        {
            case BlockLayout.Bytes: Prepare<BytePanels>(inner, a, aStep, to); break;
            case BlockLayout.Nibbles: Prepare<NibblePanels>(inner, a, aStep, to); break;
            case BlockLayout.Integers32: Prepare<IntegerPanels<By32>>(inner, a, aStep, to); break;
            case BlockLayout.Integers32Offset: Prepare<IntegerPanels<By32WithOffset>>(inner, a, aStep, to); break;
            case BlockLayout.Integers16: Prepare<IntegerPanels<By16>>(inner, a, aStep, to); break;
            default: Prepare<IntegerPanels<By16WithOffset>>(inner, a, aStep, to); break;
        }
    }

    /// <summary>
    /// One row: C[0, 0..2 lanes] = a B + start, or += a B, over inputs [first, first + inner) of a panel; both multiples of
    /// <see cref="Unit"/>. A scale is applied once to the sum over the numbers that share it, not to each, so that results differ
    /// from those of several rows by rounding.
    /// </summary>
    /// <param name="layout">Layout of the panel.</param>
    /// <param name="first">First input.</param>
    /// <param name="inner">Number of inputs.</param>
    /// <param name="row">The whole row a, prepared.</param>
    /// <param name="words">The panel.</param>
    /// <param name="c">Result.</param>
    /// <param name="start">What sums begin with; null for 0.</param>
    /// <param name="add">Whether they are added to c.</param>
    public static void Multiply1x2(BlockLayout layout, int first, int inner, Prepared row, uint* words, float* c, float* start, bool add)
    {
        var panel = (float*)words;
        switch (layout)
        {
            case BlockLayout.Bytes: Multiply1x2<BytePanels>(first, inner, row, panel, c, start, add); break;
            case BlockLayout.Nibbles: Multiply1x2<NibblePanels>(first, inner, row, panel, c, start, add); break;
            case BlockLayout.Integers32: Multiply1x2<IntegerPanels<By32>>(first, inner, row, panel, c, start, add); break;
            case BlockLayout.Integers32Offset: Multiply1x2<IntegerPanels<By32WithOffset>>(first, inner, row, panel, c, start, add); break;
            case BlockLayout.Integers16: Multiply1x2<IntegerPanels<By16>>(first, inner, row, panel, c, start, add); break;
            default: Multiply1x2<IntegerPanels<By16WithOffset>>(first, inner, row, panel, c, start, add); break;
        }
    }

    /// <summary>A row of factors as <see cref="Prepare"/> leaves it.</summary>
    /// <param name="factors">The factors, and behind them the sums of their groups.</param>
    /// <param name="length">Number of factors.</param>
    public readonly struct Prepared(float* factors, int length)
    {
        public float* Factors { get; } = factors;

        public int Length { get; } = length;
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

    private static void Prepare<TLayout>(int inner, float* a, nint aStep, float* to)
        where TLayout : struct, IBlockPanels
    {
        var factors = stackalloc float[TLayout.NumbersInWord];
        for (var place = 0; place < TLayout.NumbersInWord; place++)
        {
            factors[place] = TLayout.RowFactor(place);
        }

        for (var i = 0; i < inner; i++)
        {
            to[i] = a[i * aStep] * factors[i % TLayout.NumbersInWord];
        }

        for (var group = 0; group < inner / TLayout.Group; group++)
        {
            var sum = 0f;
            for (var i = group * TLayout.Group; i < (group + 1) * TLayout.Group; i++)
            {
                sum += a[i * aStep];
            }

            to[inner + group] = -sum;
        }
    }

    // Of each half of the columns two sums take turns, so that none waits for the one before it.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1x2<TLayout>(int first, int inner, Prepared row, float* panel, float* c, float* start, bool add)
        where TLayout : struct, IBlockPanels
    {
        var a = row.Factors + first;
        TVector c0 = TWidth.Zero, c1 = TWidth.Zero;
        for (var input = first; input < first + inner; input += TLayout.Group)
        {
            var block = panel + ((nint)(input / TLayout.Inputs) * TLayout.Registers * TWidth.Lanes);
            var group = input % TLayout.Inputs / TLayout.Group;
            var words = Words<TLayout>(block, group);
            TVector p0 = TWidth.Zero, p1 = TWidth.Zero, q0 = TWidth.Zero, q1 = TWidth.Zero;
            for (var i = 0; i < TLayout.Group; i += TLayout.NumbersInWord)
            {
                TVector w0 = TWidth.Load(ref *words, 0), w1 = TWidth.Load(ref *words, (nuint)TWidth.Lanes);
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0((byte*)words + Ahead);
                    Sse.Prefetch0((byte*)(words + TWidth.Lanes) + Ahead);
                }

                words += 2 * TWidth.Lanes;
                Add<TLayout>(a[0], w0, w1, 0, ref p0, ref p1);
                Add<TLayout>(a[1], w0, w1, 1, ref q0, ref q1);
                Add<TLayout>(a[2], w0, w1, 2, ref p0, ref p1);
                Add<TLayout>(a[3], w0, w1, 3, ref q0, ref q1);
                if (TLayout.NumbersInWord == 8)
                {
                    Add<TLayout>(a[4], w0, w1, 4, ref p0, ref p1);
                    Add<TLayout>(a[5], w0, w1, 5, ref q0, ref q1);
                    Add<TLayout>(a[6], w0, w1, 6, ref p0, ref p1);
                    Add<TLayout>(a[7], w0, w1, 7, ref q0, ref q1);
                }

                a += TLayout.NumbersInWord;
            }

            c0 = TWidth.MultiplyAdd(TLayout.Scale<TWidth, TVector>(block, group, 0), TWidth.Add(p0, q0), c0);
            c1 = TWidth.MultiplyAdd(TLayout.Scale<TWidth, TVector>(block, group, 1), TWidth.Add(p1, q1), c1);
            if (TLayout.HasOffset)
            {
                var sum = TWidth.Create(row.Factors[row.Length + (input / TLayout.Group)]);
                c0 = TWidth.MultiplyAdd(TLayout.Offset<TWidth, TVector>(block, group, 0), sum, c0);
                c1 = TWidth.MultiplyAdd(TLayout.Offset<TWidth, TVector>(block, group, 1), sum, c1);
            }
        }

        Put(c, c0, start, add);
        Put(c + TWidth.Lanes, c1, start is null ? null : start + TWidth.Lanes, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLayout>(float a, TVector w0, TVector w1, int place, ref TVector sum0, ref TVector sum1)
        where TLayout : struct, IBlockPanels
    {
        var x = TWidth.Create(a);
        sum0 = TWidth.MultiplyAdd(x, TLayout.RowNumber<TWidth, TVector>(w0, place), sum0);
        sum1 = TWidth.MultiplyAdd(x, TLayout.RowNumber<TWidth, TVector>(w1, place), sum1);
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
