namespace Mambascope.Inputs.Series;

/// <summary>
/// Standardisation: every number less the mean of its channel (of a table: of its column), over the deviation. What is missing becomes
/// 0, the
/// mean.
/// </summary>
/// <param name="Means">Mean of each channel, or of each number of a table's row.</param>
/// <param name="Deviations">Standard deviations, none of them 0.</param>
public sealed record SeriesScale(IReadOnlyList<float> Means, IReadOnlyList<float> Deviations)
{
    /// <summary>Of cases: means and standard deviations of what is there; of a category its share, and a deviation of 1.</summary>
    /// <param name="format">What they are made of.</param>
    /// <param name="cases">The cases to be learned from.</param>
    public static SeriesScale Of(SeriesFormat format, IEnumerable<SeriesCase> cases)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(cases);
        var (counts, sums, squares) = (new long[format.Values], new double[format.Values], new double[format.Values]);
        foreach (var one in cases)
        {
            for (var i = 0; i < one.Values.Length; i++)
            {
                var (at, value) = (i % format.Values, (double)one.Values[i]);
                if (!double.IsNaN(value))
                {
                    (counts[at], sums[at], squares[at]) = (counts[at] + 1, sums[at] + value, squares[at] + (value * value));
                }
            }
        }

        bool[] isCategory =
            [.. format.Variables.SelectMany(variable => Enumerable.Repeat(variable.Categories is not null, variable.Width))];
        var (means, deviations) = (new float[format.Values], new float[format.Values]);
        for (var at = 0; at < means.Length; at++)
        {
            var mean = sums[at] / Math.Max(1, counts[at]);
            var deviation = Math.Sqrt(Math.Max(0, (squares[at] / Math.Max(1, counts[at])) - (mean * mean)));
            means[at] = (float)mean;

            // What never changes is left as it is.
            deviations[at] = isCategory[at] || deviation <= 1e-6 * Math.Max(1, Math.Abs(mean)) ? 1 : (float)deviation;
        }

        return new(means, deviations);
    }

    /// <summary>What a model reads: the values of a case, standardised, row-major as they are.</summary>
    public float[] Apply(SeriesCase one)
    {
        ArgumentNullException.ThrowIfNull(one);
        var values = new float[one.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var at = i % Means.Count;
            values[i] = float.IsNaN(one.Values[i]) ? 0 : (one.Values[i] - Means[at]) / Deviations[at];
        }

        return values;
    }
}
