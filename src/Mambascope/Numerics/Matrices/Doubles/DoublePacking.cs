namespace Mambascope.Numerics;

/// <summary>
/// Copies pieces of matrices into the order in which <see cref="DoubleTile{TWidth, TVector}"/> reads them, as doubles: of a strip or panel
/// of <c>width</c> lines, element (line, k) stands at <c>k * width + line</c>; lines beyond the matrix are zeros.
/// </summary>
internal static unsafe class DoublePacking
{
    /// <summary>
    /// Packs <paramref name="lines"/> lines of <paramref name="length"/> elements: element (line, k) of the source stands at
    /// <c>first + line * lineStep + k * step</c> of its buffer.
    /// </summary>
    public static void Pack(DoubleMatrix matrix, int first, int lineStep, int step, int lines, int width, int length, double* to)
    {
        if (lines < width)
        {
            new Span<double>(to, width * length).Clear();
        }

        if (matrix.Doubles is { } doubles)
        {
            fixed (double* from = doubles)
            {
                Copy(from + first, lineStep, step, lines, width, length, to);
            }

            return;
        }

        fixed (float* from = matrix.Singles)
        {
            switch (matrix.Part)
            {
                case WeightPart.Positive:
                    Widen<PositivePart>(from + first, lineStep, step, lines, width, length, to);
                    break;
                case WeightPart.Negative:
                    Widen<NegativePart>(from + first, lineStep, step, lines, width, length, to);
                    break;
                case WeightPart.Absolute:
                    Widen<Magnitude>(from + first, lineStep, step, lines, width, length, to);
                    break;
                case WeightPart.All:
                default:
                    Widen<Whole>(from + first, lineStep, step, lines, width, length, to);
                    break;
            }
        }
    }

    private static void Copy(double* from, nint lineStep, nint step, int lines, int width, int length, double* to)
    {
        for (var k = 0; k < length; k++)
        {
            for (var line = 0; line < lines; line++)
            {
                to[line] = from[line * lineStep];
            }

            from += step;
            to += width;
        }
    }

    private static void Widen<TPart>(float* from, nint lineStep, nint step, int lines, int width, int length, double* to)
        where TPart : struct, IPart
    {
        for (var k = 0; k < length; k++)
        {
            for (var line = 0; line < lines; line++)
            {
                to[line] = TPart.Of(from[line * lineStep]);
            }

            from += step;
            to += width;
        }
    }

    // A NaN stays one in every part, so that it is seen in the result.
    private interface IPart
    {
        static abstract float Of(float value);
    }

    private readonly struct Whole : IPart
    {
        public static float Of(float value) => value;
    }

    private readonly struct PositivePart : IPart
    {
        public static float Of(float value) => Math.Max(value, 0);
    }

    private readonly struct NegativePart : IPart
    {
        public static float Of(float value) => Math.Min(value, 0);
    }

    private readonly struct Magnitude : IPart
    {
        public static float Of(float value) => Math.Abs(value);
    }
}
