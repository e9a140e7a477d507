using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// Copies strips of a matrix into the layout of the micro-kernels, for both operands: a strip of A is some rows, of B some columns.
/// </summary>
internal static unsafe class GemmPacking
{
    private const int Chunk = 64;

    /// <summary>
    /// to[k * stripWidth + i] = from[i * step + k * innerStep] for i below <paramref name="count"/> and zero up to
    /// <paramref name="stripWidth"/>, for every k below <paramref name="inner"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* from, nint step, nint innerStep, int count, int stripWidth, int inner, float* to)
    {
        if (step == 1)
        {
            PackRuns(from, innerStep, count, stripWidth, inner, to);
            return;
        }

        // In chunks of the inner dimension, so that what is written in several passes stays in the first-level cache.
        for (var k = 0; k < inner; k += Chunk)
        {
            PackChunk(from + (k * innerStep), step, innerStep, count, stripWidth, Math.Min(Chunk, inner - k), to + ((nint)k * stripWidth));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PackChunk(float* from, nint step, nint innerStep, int count, int stripWidth, int inner, float* to)
    {
        var i = 0;
        if (innerStep == 1 && Vector128.IsHardwareAccelerated)
        {
            for (; i + 4 <= count; i += 4)
            {
                PackTransposed4(from + (i * step), step, stripWidth, inner, to + i);
            }
        }

        for (; i < count; i++)
        {
            var line = from + (i * step);
            for (var k = 0; k < inner; k++)
            {
                to[((nint)k * stripWidth) + i] = line[k * innerStep];
            }
        }

        for (; i < stripWidth; i++)
        {
            for (var k = 0; k < inner; k++)
            {
                to[((nint)k * stripWidth) + i] = 0;
            }
        }
    }

    /// <summary>
    /// Packs <paramref name="count"/> lines as strips of <paramref name="stripWidth"/>, one after the other, the last one filled up with
    /// zeros.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void PackStrips(float* from, nint step, nint innerStep, int count, int stripWidth, int inner, float* to)
    {
        var whole = count / stripWidth;
        if (step == 1 && stripWidth == 12 && Vector256.IsHardwareAccelerated)
        {
            // The values of one k lie side by side: read each run from end to end, since the next one may be pages away.
            for (var k = 0; k < inner; k++)
            {
                float* f = from + (k * innerStep), t = to + (k * 12);
                for (var strip = 0; strip < whole; strip++)
                {
                    Vector256.Store(Vector256.Load(f), t);
                    Vector128.Store(Vector128.Load(f + 8), t + 8);
                    f += 12;
                    t += 12 * (nint)inner;
                }
            }
        }
        else
        {
            whole = 0;
        }

        for (var i = whole * stripWidth; i < count; i += stripWidth)
        {
            Pack(from + (i * step), step, innerStep, Math.Min(stripWidth, count - i), stripWidth, inner, to + ((nint)i * inner));
        }
    }

    // The strip's values of one k already lie side by side: copy runs.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PackRuns(float* from, nint innerStep, int count, int stripWidth, int inner, float* to)
    {
        if (count == stripWidth && count % 4 == 0 && Vector128.IsHardwareAccelerated)
        {
            for (var k = 0; k < inner; k++)
            {
                var i = 0;
                if (Vector512.IsHardwareAccelerated)
                {
                    for (; i + 16 <= count; i += 16)
                    {
                        Vector512.Store(Vector512.Load(from + i), to + i);
                    }
                }

                for (; i < count; i += 4)
                {
                    Vector128.Store(Vector128.Load(from + i), to + i);
                }

                from += innerStep;
                to += stripWidth;
            }

            return;
        }

        for (var k = 0; k < inner; k++)
        {
            var i = 0;
            for (; i < count; i++)
            {
                to[i] = from[i];
            }

            for (; i < stripWidth; i++)
            {
                to[i] = 0;
            }

            from += innerStep;
            to += stripWidth;
        }
    }

    // Four lines at a time, four values of each: a 4 x 4 transposition in registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PackTransposed4(float* from, nint step, nint stripWidth, int inner, float* to)
    {
        float* l0 = from, l1 = from + step, l2 = from + (2 * step), l3 = from + (3 * step);
        var k = 0;
        if (Sse.IsSupported)
        {
            for (; k + 4 <= inner; k += 4)
            {
                Vector128<float> r0 = Vector128.Load(l0 + k),
                    r1 = Vector128.Load(l1 + k),
                    r2 = Vector128.Load(l2 + k),
                    r3 = Vector128.Load(l3 + k);
                Vector128<float> a = Sse.UnpackLow(r0, r1),
                    b = Sse.UnpackHigh(r0, r1),
                    c = Sse.UnpackLow(r2, r3),
                    d = Sse.UnpackHigh(r2, r3);
                Vector128.Store(Sse.MoveLowToHigh(a, c), to);
                Vector128.Store(Sse.MoveHighToLow(c, a), to + stripWidth);
                Vector128.Store(Sse.MoveLowToHigh(b, d), to + (2 * stripWidth));
                Vector128.Store(Sse.MoveHighToLow(d, b), to + (3 * stripWidth));
                to += 4 * stripWidth;
            }
        }

        for (; k < inner; k++)
        {
            Vector128.Store(Vector128.Create(l0[k], l1[k], l2[k], l3[k]), to);
            to += stripWidth;
        }
    }
}
