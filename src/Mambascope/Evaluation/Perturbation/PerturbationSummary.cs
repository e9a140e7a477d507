using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>A data set's figures of one order of erasing.</summary>
/// <param name="Accuracy">Share of images answered with their true label: at the start, then at each fraction. 0 to 1.</param>
/// <param name="Auc">Area under <paramref name="Accuracy"/> by the trapezoid rule, times 100; mean and interval over images.</param>
/// <param name="ProbabilityAuc">The same area under the probability of the explained class.</param>
internal sealed record PerturbationFigures(IReadOnlyList<double> Accuracy, Bootstrap Auc, Bootstrap ProbabilityAuc);

/// <summary>The perturbation test of one method over a data set, from its per-image records alone.</summary>
/// <param name="Count">Images.</param>
/// <param name="CleanAccuracy">Share of unchanged pictures answered with their true label.</param>
/// <param name="Positive">Most relevant pixels first.</param>
/// <param name="Negative">Least relevant pixels first.</param>
/// <param name="Degenerate">Maps that ranked nothing.</param>
internal sealed record PerturbationSummary(
    int Count, double CleanAccuracy, PerturbationFigures Positive, PerturbationFigures Negative, int Degenerate)
{
    /// <summary>Sums up. All images count, those that the model gets wrong from the start too.</summary>
    /// <param name="records">One record an image.</param>
    /// <param name="fractions">The protocol's fractions.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="BadInputException">No records, or records of another number of fractions.</exception>
    public static PerturbationSummary Of(IReadOnlyList<PerturbationRecord> records, IReadOnlyList<double> fractions, int seed = 0)
    {
        if (records.Count == 0)
        {
            throw new BadInputException("perturbation summary: expected at least one record, found none");
        }

        return new(
            records.Count,
            records.Average(record => record.CleanPrediction == record.Label ? 1.0 : 0),
            Figures(record => record.Positive),
            Figures(record => record.Negative),
            records.Count(record => record.IsDegenerate));

        PerturbationFigures Figures(Func<PerturbationRecord, PerturbationCurve> side) => new(
            [.. Enumerable.Range(0, fractions.Count + 1).Select(step => records.Average(record => Hits(record, side(record))[step]))],
            AucOf("", records, fractions, side).Interval(seed),
            Measured.Mean("", [.. records.Select(record => Area(side(record).Probabilities, fractions))]).Interval(seed));
    }

    /// <summary>
    /// The area under the accuracy curve of one side, for comparing methods and slices. It is a mean of per-image areas, since the
    /// trapezoid rule is linear.
    /// </summary>
    /// <param name="name">The method, for people.</param>
    /// <param name="records">One record an image.</param>
    /// <param name="fractions">The protocol's fractions.</param>
    /// <param name="side">Positive or negative.</param>
    public static Measured AucOf(
        string name,
        IReadOnlyList<PerturbationRecord> records,
        IReadOnlyList<double> fractions,
        Func<PerturbationRecord, PerturbationCurve> side)
        => Measured.Mean(name, [.. records.Select(record => Area(Hits(record, side(record)), fractions))]);

    /// <summary>1 where the prediction is the true label, else 0: at the start, then at each fraction.</summary>
    public static IReadOnlyList<double> Hits(PerturbationRecord record, PerturbationCurve curve)
        => [.. curve.Predictions.Select(prediction => prediction == record.Label ? 1.0 : 0)];

    /// <summary>Area under a curve that starts at fraction 0, by the trapezoid rule, times 100.</summary>
    /// <param name="values">The value at 0, then at each fraction.</param>
    /// <param name="fractions">Rising.</param>
    /// <exception cref="BadInputException">The lengths do not fit.</exception>
    public static double Area(IReadOnlyList<double> values, IReadOnlyList<double> fractions)
    {
        if (values.Count != fractions.Count + 1)
        {
            throw new BadInputException(
                $"perturbation curve: expected {fractions.Count + 1} values, the start and one a fraction, found {values.Count}; its "
                    + "records were made with other fractions");
        }

        var area = 0.0;
        for (var i = 0; i < fractions.Count; i++)
        {
            area += (fractions[i] - (i == 0 ? 0 : fractions[i - 1])) * (values[i] + values[i + 1]) / 2;
        }

        return 100 * area;
    }
}
