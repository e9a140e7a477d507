using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Copies pieces of matrices into the order in which the tiles read them, as doubles: of a strip or panel of <c>width</c> lines, element
/// (line, k) stands at <c>k * step + line</c>; lines beyond the matrix are zeros.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class DoublePacking<TWidth, TVector>
    where TWidth : struct, IDoubleWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>
    /// Packs <paramref name="count"/> columns of a right factor from <paramref name="column"/> on, rows [k, k + length): lines are columns.
    /// </summary>
    public static void PackColumns(
        DoubleMatrix matrix, WeightPart part, int k, int column, int count, int width, int length, double* to, int step)
    {
        if (matrix.Panels is not { } panels)
        {
            Pack(
                matrix, part, matrix.Offset + (k * matrix.RowStep) + (column * matrix.ColumnStep), matrix.ColumnStep, matrix.RowStep, count,
                width, length, to, step);
            return;
        }

        Clear(count, width, length, to, step);
        var (across, inner) = (panels.PanelWidth, panels.Inner);
        fixed (float* values = &panels.Values[panels.Offset])
        {
            if (matrix.IsTransposed)
            {
                // Columns of the matrix are columns of panels, and half a panel is as many as are asked for.
                var from = values + (((column / across * inner) + k) * across) + (column % across);
                Choose<float>(part, from, 1, across, count, width, length, to, step);
                return;
            }

            // Rows of the matrix are columns of panels: as many at a time as a panel has.
            for (var (done, here) = (0, 0); done < length; done += here)
            {
                var at = k + done;
                here = Math.Min(across - (at % across), length - done);
                var from = values + (((at / across * inner) + column) * across) + (at % across);
                Choose<float>(part, from, across, 1, count, width, here, to + (done * step), step);
            }
        }
    }

    /// <summary>
    /// Packs <paramref name="lines"/> lines of <paramref name="length"/> elements: element (line, k) of the source stands at
    /// <c>first + line * lineStep + k * kStep</c> of its buffer.
    /// </summary>
    public static void Pack(
        DoubleMatrix matrix, WeightPart part, int first, int lineStep, int kStep, int lines, int width, int length, double* to, int step)
    {
        Clear(lines, width, length, to, step);
        fixed (double* doubles = matrix.Doubles)
        fixed (float* singles = matrix.Singles)
        {
            if (doubles is not null)
            {
                Choose<double>(part, doubles + first, lineStep, kStep, lines, width, length, to, step);
            }
            else
            {
                Choose<float>(part, singles + first, lineStep, kStep, lines, width, length, to, step);
            }
        }
    }

    private static void Clear(int lines, int width, int length, double* to, int step)
    {
        for (var k = 0; lines < width && k < length; k++)
        {
            new Span<double>(to + (k * step), width).Clear();
        }
    }

    private static void Choose<T>(
        WeightPart part, T* from, nint lineStep, nint kStep, int lines, int width, int length, double* to, int step)
        where T : unmanaged
    {
        switch (part)
        {
            case WeightPart.Positive:
                Copy<T, PositivePart>(from, lineStep, kStep, lines, width, length, to, step);
                break;
            case WeightPart.Negative:
                Copy<T, NegativePart>(from, lineStep, kStep, lines, width, length, to, step);
                break;
            case WeightPart.Absolute:
                Copy<T, Magnitude>(from, lineStep, kStep, lines, width, length, to, step);
                break;
            case WeightPart.All:
            default:
                Copy<T, Whole>(from, lineStep, kStep, lines, width, length, to, step);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T, TPart>(T* from, nint lineStep, nint kStep, int lines, int width, int length, double* to, int step)
        where T : unmanaged
        where TPart : struct, IPart
    {
        // Lines side by side fill registers.
        if (lineStep == 1 && lines == width && width % TWidth.Lanes == 0)
        {
            for (var k = 0; k < length; k++)
            {
                for (var line = 0; line < lines; line += TWidth.Lanes)
                {
                    TWidth.Store(TPart.Of<TWidth, TVector>(LoadRegister(from + line)), to + line);
                }

                from += kStep;
                to += step;
            }

            return;
        }

        for (var k = 0; k < length; k++)
        {
            var source = from;
            for (var line = 0; line < lines; line++)
            {
                to[line] = TPart.Of<Doubles1, double>(LoadOne(source));
                source += lineStep;
            }

            from += kStep;
            to += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LoadRegister<T>(T* from)
        where T : unmanaged
        => typeof(T) == typeof(float) ? TWidth.LoadSingles((float*)from) : TWidth.Load((double*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double LoadOne<T>(T* from)
        where T : unmanaged
        => typeof(T) == typeof(float) ? *(float*)from : *(double*)from;

    // A NaN stays one in every part, so that it is seen in the result.
    private interface IPart
    {
        static abstract TAny Of<TAnyWidth, TAny>(TAny value)
            where TAnyWidth : struct, IDoubleWidth<TAny>
            where TAny : unmanaged;
    }

    private readonly struct Whole : IPart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TAny Of<TAnyWidth, TAny>(TAny value)
            where TAnyWidth : struct, IDoubleWidth<TAny>
            where TAny : unmanaged
            => value;
    }

    private readonly struct PositivePart : IPart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TAny Of<TAnyWidth, TAny>(TAny value)
            where TAnyWidth : struct, IDoubleWidth<TAny>
            where TAny : unmanaged
            => TAnyWidth.Max(value, TAnyWidth.Zero);
    }

    private readonly struct NegativePart : IPart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TAny Of<TAnyWidth, TAny>(TAny value)
            where TAnyWidth : struct, IDoubleWidth<TAny>
            where TAny : unmanaged
            => TAnyWidth.Min(value, TAnyWidth.Zero);
    }

    private readonly struct Magnitude : IPart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TAny Of<TAnyWidth, TAny>(TAny value)
            where TAnyWidth : struct, IDoubleWidth<TAny>
            where TAny : unmanaged
            => TAnyWidth.Abs(value);
    }
}
