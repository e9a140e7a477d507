using System.Globalization;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Statistics;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Training;

/// <summary>How well a classifier does on cases.</summary>
public sealed record ClassificationFigures : ModelFigures
{
    private const int MostResampled = 5000;

    /// <summary>Share of right answers with its 95 % interval (Wilson).</summary>
    public required WilsonInterval Accuracy { get; init; }

    /// <summary>Mean over the classes of the share of their cases that are found.</summary>
    public required double BalancedAccuracy { get; init; }

    /// <summary>
    /// Area under the ROC curve with its 95 % bootstrap interval (of a point for more than 5,000 cases): the second class against the first
    /// where there are two, else the mean over the classes of each against the rest, classes without cases left out.
    /// </summary>
    public required Bootstrap Auc { get; init; }

    /// <summary>Expected calibration error, 15 bins.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>Cases by true class and answer: [true][answer].</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <inheritdoc/>
    public override string Words => string.Create(
        CultureInfo.InvariantCulture,
        $"accuracy {100 * Accuracy.Rate:0.0} % (95 % interval {100 * Accuracy.Lower:0.0} to {100 * Accuracy.Upper:0.0}), AUC "
            + $"{Auc.Mean:0.000}, {Count} cases");

    internal static ClassificationFigures Of(CaseScores scores)
    {
        var (count, classes) = (scores.Labels.Length, scores.Classes);
        var confusion = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        double[][] probabilities = [.. Enumerable.Range(0, count).Select(scores.Probabilities)];
        for (var i = 0; i < count; i++)
        {
            confusion[scores.Labels[i]][scores.Answer(i)]++;
        }

        var right = Enumerable.Range(0, classes).Sum(k => confusion[k][k]);
        double Auc(ReadOnlySpan<int> units) => AucOf(probabilities, scores.Labels, units);
        var calibration = Evaluation.Statistics.CalibrationError.Of(
            "", [.. probabilities.Select(p => p.Max())], [.. Enumerable.Range(0, count).Select(i => scores.Answer(i) == scores.Labels[i])]);
        return new()
        {
            Count = count,
            Accuracy = WilsonInterval.Of(right, count),
            BalancedAccuracy = Enumerable.Range(0, classes).Where(k => confusion[k].Sum() > 0)
                .Average(k => confusion[k][k] / (double)confusion[k].Sum()),
            Auc = count <= MostResampled ? Bootstrap.Of(count, Auc) : Point(Bootstrap.OfAll(count, Auc), count),
            Loss = scores.Loss(),
            CalibrationError = Bootstrap.OfAll(count, calibration.Statistic),
            Confusion = confusion,
        };
    }

    private static Bootstrap Point(double value, int count) => new(value, value, value, count);

    private static double AucOf(double[][] probabilities, int[] labels, ReadOnlySpan<int> units)
    {
        var classes = probabilities[0].Length;
        var (values, truth) = (new float[units.Length], new byte[units.Length]);
        var (sum, counted) = (0.0, 0);
        for (var k = classes == 2 ? 1 : 0; k < classes; k++)
        {
            var own = 0;
            for (var i = 0; i < units.Length; i++)
            {
                values[i] = (float)probabilities[units[i]][k];
                truth[i] = (byte)(labels[units[i]] == k ? 1 : 0);
                own += truth[i];
            }

            if (own > 0 && own < units.Length)
            {
                sum += EvidenceRanking.Auc(values, truth);
                counted++;
            }
        }

        return counted == 0 ? 0.5 : sum / counted;
    }
}
