namespace Mambascope.Inputs.Images;

/// <summary>
/// For each output position along one axis, the run of source positions it reads and their fixed-point weights, as PIL computes them.
/// </summary>
/// <remarks>
/// With <c>scale = in / out</c>, <c>stretch = max(scale, 1)</c> and <c>reach = support · stretch</c>, output i is centred on
/// <c>c = (i + ½) · scale</c> and reads j in <c>[max(⌊c - reach + ½⌋, 0), min(⌊c + reach + ½⌋, in))</c> with weight
/// <c>f((j - c + ½) / stretch)</c>, normalised to sum 1 and rounded half away from zero to a multiple of 2^-22.
/// Shrinking widens the filter (antialiasing), which the resizers of graphics libraries usually do not.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>Fraction bits: 32 less 8 for the byte and 2 for the cubic's overshoot.</summary>
    internal const int FractionBits = 22;

    /// <summary>Added before the shift, so that it rounds.</summary>
    internal const int Half = 1 << (FractionBits - 1);

    private readonly int[] first;
    private readonly int[] offset;
    private readonly int[] weights;

    /// <summary>
    /// Weights for outputs <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1 of
    /// <paramref name="outSize"/>.
    /// </summary>
    internal ResampleWeights(int inSize, long outSize, long start, int count, ResizeFilter filter)
    {
        var scale = (double)inSize / outSize;
        var stretch = Math.Max(scale, 1.0);
        var reach = (filter == ResizeFilter.Bicubic ? 2.0 : 1.0) * stretch;
        var inverse = 1.0 / stretch;
        var real = new double[((int)Math.Ceiling(reach) * 2) + 1];
        first = new int[count];
        offset = new int[count + 1];
        var all = new List<int>(count * 4);
        for (var i = 0; i < count; i++)
        {
            var center = (start + i + 0.5) * scale;
            var low = Math.Max((int)(center - reach + 0.5), 0);
            var high = Math.Min((int)(center + reach + 0.5), inSize);
            var sum = 0.0;
            for (var j = low; j < high; j++)
            {
                var x = Math.Abs((j - center + 0.5) * inverse);
                real[j - low] = filter == ResizeFilter.Bicubic ? Cubic(x) : Triangle(x);
                sum += real[j - low];
            }

            for (var j = 0; j < high - low; j++)
            {
                var fixedPoint = (sum == 0 ? real[j] : real[j] / sum) * (1 << FractionBits);
                all.Add((int)(fixedPoint < 0 ? fixedPoint - 0.5 : fixedPoint + 0.5));
            }

            first[i] = low;
            offset[i + 1] = all.Count;
        }

        weights = [.. all];
    }

    /// <summary>The first source position that output <paramref name="i"/> of the window reads.</summary>
    internal int First(int i) => first[i];

    /// <summary>Its weights, one for each consecutive source position.</summary>
    internal ReadOnlySpan<int> Taps(int i) => weights.AsSpan(offset[i], offset[i + 1] - offset[i]);

    /// <summary>Source positions that any output of the window reads: [Low, High).</summary>
    internal (int Low, int High) Span => (first[0], first[^1] + Taps(first.Length - 1).Length);

    private static double Triangle(double x) => x < 1 ? 1 - x : 0;

    private static double Cubic(double x)
    {
        const double a = -0.5;
        if (x < 1)
        {
            return ((((a + 2) * x) - (a + 3)) * x * x) + 1;
        }

        return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a : 0;
    }
}
