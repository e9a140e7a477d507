using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>The perturbation test in an evaluation; see <see cref="PixelPerturbation"/>.</summary>
/// <param name="protocol">How to erase; its seed gives way to the run's.</param>
public sealed class PerturbationMeasure(PerturbationProtocol protocol) : CaseMeasure<PictureCase, PerturbationRecord>
{
    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static PerturbationMeasure Of(MeasureOptions options) => new(new()
    {
        Eraser = Erasers.Find(options.Text("eraser")),
        Direction = options.Text("direction") == "insertion" ? PerturbationDirection.Insertion : PerturbationDirection.Deletion,
        Fractions = options.Numbers("fractions"),
    });

    /// <inheritdoc/>
    public override string Name => "perturbation";

    /// <inheritdoc/>
    public override string Description => "accuracy while pixels are erased, the most relevant first (positive) and last (negative)";

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Picture;

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Answers;

    /// <inheritdoc/>
    public override JsonObject Options => new()
    {
        ["eraser"] = protocol.Eraser.Name,
        ["direction"] = protocol.Direction.ToString().ToLowerInvariant(),
        ["fractions"] = new JsonArray([.. protocol.Fractions.Select(fraction => (JsonNode)fraction)]),
        ["ties"] = "lower-index-first",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureFigure> Figures =>
        [
            new(
                "positive_auc", "positive AUC, lower is better", IsHigherBetter: IsInsertion,
                lines => Area(lines, record => record.Positive), line => Of(line, record => record.Positive)),
            new(
                "negative_auc", "negative AUC, higher is better", IsHigherBetter: !IsInsertion,
                lines => Area(lines, record => record.Negative), line => Of(line, record => record.Negative)),
        ];

    /// <inheritdoc/>
    public override int? RunsOfMap => 2 * protocol.Fractions.Count;

    private bool IsInsertion => protocol.Direction == PerturbationDirection.Insertion;

    /// <inheritdoc/>
    public override ResultTable Table(IReadOnlyList<MethodLines> methods)
    {
        var table = new ResultTable(
            "Perturbation test",
            new ResultColumn("model", ResultKind.Text),
            new("method", ResultKind.Text),
            new("images", ResultKind.Count),
            new("clean_accuracy", ResultKind.Number)
            {
                Heading = "clean accuracy",
                Unit = "%",
                Factor = 100,
                Decimals = 1,
            },
            new("positive_auc", ResultKind.Interval)
            {
                Heading = IsInsertion ? "most relevant first, AUC" : "positive AUC (lower is better)",
                Decimals = 2,
            },
            new("negative_auc", ResultKind.Interval)
            {
                Heading = IsInsertion ? "least relevant first, AUC" : "negative AUC (higher is better)",
                Decimals = 2,
            },
            new("positive_probability_auc", ResultKind.Interval) { Heading = "positive, probability", Decimals = 2 },
            new("negative_probability_auc", ResultKind.Interval) { Heading = "negative, probability", Decimals = 2 },
            new("degenerate", ResultKind.Count) { Heading = "maps that say nothing" })
        {
            Note =
                $"Accuracy against the true label while pixels are {(IsInsertion ? "put back" : "erased")} ({protocol.Eraser.Name}), area "
                + $"under the curve from 0 to {100 * protocol.Fractions[^1]:0} % by the trapezoid rule, times 100. "
                + "Intervals: 95 %, bootstrap over images. random, centre-gaussian, colour (distance from the mean colours) and oracle "
                + "are controls.",
        };
        foreach (var method in methods)
        {
            var summary = PerturbationSummary.Of(Records(method), protocol.Fractions);
            table.Add(
                ResultCell.Text(method.Model),
                ResultCell.Text(method.Method),
                ResultCell.Count(summary.Count),
                ResultCell.Number(summary.CleanAccuracy),
                ResultCell.Interval(summary.Positive.Auc),
                ResultCell.Interval(summary.Negative.Auc),
                ResultCell.Interval(summary.Positive.ProbabilityAuc),
                ResultCell.Interval(summary.Negative.ProbabilityAuc),
                ResultCell.Count(summary.Degenerate));
        }

        return table;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            Chart("positive_accuracy", "most relevant pixels first", summary => summary.Positive, methods),
            Chart("negative_accuracy", "least relevant pixels first", summary => summary.Negative, methods),
        ];

    /// <inheritdoc/>
    protected override Measuring<PictureCase, PerturbationRecord> Begin(MeasuredModel model, int seed)
    {
        var seeded = protocol with { Seed = seed };
        return (picture, maps, workers, pool) =>
        {
            var perturbation = new PixelPerturbation(picture.Model.Classifier(workers, pool), picture.Model.Preprocessing, seeded);
            var subject = perturbation.Prepare(picture.Input, picture.Index, picture.Scores);
            return maps.Select(map => subject.Measure(map.Map, picture.Explained, picture.Source.Label!.Value));
        };
    }

    private MeasureCurves Chart(
        string key, string title, Func<PerturbationSummary, PerturbationFigures> side, IReadOnlyList<MethodLines> methods)
        => new(
            key,
            $"Accuracy, {title}",
            IsInsertion ? "pixels put back, %" : "pixels erased, %",
            "accuracy, %",
            [.. methods.Select(method => (method.Name, Points(PerturbationSummary.Of(Records(method), protocol.Fractions), side)))]);

    private IReadOnlyList<(double X, double Y)> Points(PerturbationSummary summary, Func<PerturbationSummary, PerturbationFigures> side)
        => [.. side(summary).Accuracy.Select((accuracy, i) => (i == 0 ? 0 : 100 * protocol.Fractions[i - 1], 100 * accuracy))];

    private Measured Area(MethodLines lines, Func<PerturbationRecord, PerturbationCurve> side)
        => PerturbationSummary.AucOf(lines.Name, Records(lines), protocol.Fractions, side);

    private double Of(ResultLine line, Func<PerturbationRecord, PerturbationCurve> side)
        => PerturbationSummary.Area(side(line.As<PerturbationRecord>()).Probabilities, protocol.Fractions);
}
