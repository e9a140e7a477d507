namespace Mambascope.Evaluation.Statistics;

/// <summary>
/// Expected calibration error (Guo et al. 2017): units in 15 bins of equal width by confidence; the gap between mean confidence and
/// accuracy of each bin, weighted by its units. 0 is right. It cannot be below 0, so that few units look worse than many.
/// </summary>
public static class CalibrationError
{
    /// <summary>Bins.</summary>
    public const int Bins = 15;

    /// <summary>The error of any selection of units, for intervals, differences and slices.</summary>
    /// <param name="name">What was measured, for people.</param>
    /// <param name="confidence">Probability of the answer, 0 to 1, a unit each.</param>
    /// <param name="isRight">Whether the answer is right.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Measured Of(string name, IReadOnlyList<double> confidence, IReadOnlyList<bool> isRight)
    {
        ArgumentNullException.ThrowIfNull(confidence);
        ArgumentNullException.ThrowIfNull(isRight);
        if (confidence.Count != isRight.Count)
        {
            throw new ArgumentException($"expected {confidence.Count} answers, found {isRight.Count}", nameof(isRight));
        }

        int[] bins = [.. confidence.Select(value => Math.Min(Bins - 1, (int)(value * Bins)))];
        double[] gaps = [.. confidence.Zip(isRight, (value, right) => value - (right ? 1 : 0))];
        return new(name, bins.Length, units =>
        {
            Span<double> sums = stackalloc double[Bins];
            sums.Clear();
            foreach (var unit in units)
            {
                sums[bins[unit]] += gaps[unit];
            }

            var error = 0.0;
            foreach (var sum in sums)
            {
                error += Math.Abs(sum);
            }

            return error / units.Length;
        });
    }
}
