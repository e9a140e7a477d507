using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// Panels of 16-bit values (<see cref="PackedMatrix"/>) as the kernels of <see cref="Gemm"/> need them. A panel row of 2 x lanes columns is
/// one register of pairs: lane i holds column i in its lower and column lanes + i in its upper half, so that two integer operations, and no
/// shuffle, make the two registers of singles of a tile. Sums are those of the same matrix in singles, bit by bit.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class HalfPanels<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    // Bytes ahead of the sums that are asked for: farther than the hardware looks over the end of a page.
    private const int Ahead = 2048;

    private static int Columns => GemmTile<TWidth, TVector>.Columns;

    /// <summary>One row: C[0, 0..2 lanes] = a B + start, or += a B, from <paramref name="inner"/> panel rows.</summary>
    public static void Multiply1x2(WeightFormat format, nint inner, float* a, nint aStep, ushort* b, float* c, float* start, bool add)
    {
        if (format == WeightFormat.BF16)
        {
            Multiply1x2<BrainPairs>(inner, a, aStep, b, c, start, add);
        }
        else
        {
            Multiply1x2<HalfPairs>(inner, a, aStep, b, c, start, add);
        }
    }

    /// <summary>Panel rows as singles, in the order of a panel of singles.</summary>
    public static void Widen(WeightFormat format, ReadOnlySpan<ushort> panelRows, Span<float> singles)
    {
        Debug.Assert(panelRows.Length == singles.Length && panelRows.Length % Columns == 0, "no whole rows");
        fixed (ushort* from = panelRows)
        fixed (float* to = singles)
        {
            if (format == WeightFormat.BF16)
            {
                Widen<BrainPairs>(panelRows.Length / Columns, from, to);
            }
            else
            {
                Widen<HalfPairs>(panelRows.Length / Columns, from, to);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1x2<TFormat>(nint inner, float* a, nint aStep, ushort* b, float* c, float* start, bool add)
        where TFormat : struct, IPairFormat
    {
        TVector c0 = TWidth.Zero, c1 = TWidth.Zero;
        for (; inner > 0; inner--)
        {
            var s = TWidth.Create(*a);
            var pairs = TWidth.Load(ref *(float*)b, 0);
            if (Sse.IsSupported)
            {
                Sse.Prefetch0((byte*)b + Ahead);
            }

            c0 = TWidth.MultiplyAdd(s, TFormat.Low<TWidth, TVector>(pairs), c0);
            c1 = TWidth.MultiplyAdd(s, TFormat.High<TWidth, TVector>(pairs), c1);
            a += aStep;
            b += Columns;
        }

        Put(c, c0, start, add);
        Put(c + TWidth.Lanes, c1, start is null ? null : start + TWidth.Lanes, add);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widen<TFormat>(nint inner, ushort* from, float* to)
        where TFormat : struct, IPairFormat
    {
        for (; inner > 0; inner--)
        {
            var pairs = TWidth.Load(ref *(float*)from, 0);
            TWidth.Store(TFormat.Low<TWidth, TVector>(pairs), ref *to, 0);
            TWidth.Store(TFormat.High<TWidth, TVector>(pairs), ref *to, (nuint)TWidth.Lanes);
            from += Columns;
            to += Columns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector sum, float* start, bool add)
        => TWidth.Store(
            TWidth.Add(
                sum,
                add ? TWidth.Load(ref *c, 0)
                    : start is null ? TWidth.Zero
                    : TWidth.Load(ref *start, 0)),
            ref *c,
            0);
}
