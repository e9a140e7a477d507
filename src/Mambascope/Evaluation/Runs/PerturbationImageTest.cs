using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Statistics;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>The perturbation test in an evaluation; see <see cref="PerturbationTest"/>.</summary>
/// <param name="protocol">How to erase; its seed gives way to the run's.</param>
public sealed class PerturbationImageTest(PerturbationProtocol protocol) : IImageTest
{
    /// <summary>The test with the given <see cref="Options"/>.</summary>
    internal static PerturbationImageTest Of(TestOptions options) => new(new()
    {
        Eraser = Erasers.Find(options.Text("eraser")),
        Direction = options.Text("direction") == "insertion" ? PerturbationDirection.Insertion : PerturbationDirection.Deletion,
        Fractions = options.Numbers("fractions"),
    });

    /// <inheritdoc/>
    public string Name => "perturbation";

    /// <inheritdoc/>
    public string Description => "accuracy while pixels are erased, the most relevant first (positive) and last (negative)";

    /// <inheritdoc/>
    public bool NeedsLabels => true;

    /// <inheritdoc/>
    public JsonObject Options => new()
    {
        ["eraser"] = protocol.Eraser.Name,
        ["direction"] = protocol.Direction.ToString().ToLowerInvariant(),
        ["fractions"] = new JsonArray([.. protocol.Fractions.Select(fraction => (JsonNode)fraction)]),
        ["ties"] = "lower-index-first",
    };

    /// <inheritdoc/>
    public IReadOnlyList<TestFigure> Figures =>
    [
        new("positive_auc", "positive AUC, lower is better", IsHigherBetter: IsInsertion, lines => Area(lines, record => record.Positive), line => Of(line, record => record.Positive)),
        new("negative_auc", "negative AUC, higher is better", IsHigherBetter: !IsInsertion, lines => Area(lines, record => record.Negative), line => Of(line, record => record.Negative)),
    ];

    private bool IsInsertion => protocol.Direction == PerturbationDirection.Insertion;

    /// <inheritdoc/>
    public IPreparedTest Prepare(TestModel model, int seed) => new Prepared(model, protocol with { Seed = seed });

    /// <inheritdoc/>
    public ResultTable Table(IReadOnlyList<MethodLines> methods)
    {
        var table = new ResultTable(
            "Perturbation test",
            new ResultColumn("model", ResultKind.Text), new("method", ResultKind.Text), new("images", ResultKind.Count),
            new("clean_accuracy", ResultKind.Number) { Heading = "clean accuracy", Unit = "%", Factor = 100, Decimals = 1 },
            new("positive_auc", ResultKind.Interval) { Heading = IsInsertion ? "most relevant first, AUC" : "positive AUC (lower is better)", Decimals = 2 },
            new("negative_auc", ResultKind.Interval) { Heading = IsInsertion ? "least relevant first, AUC" : "negative AUC (higher is better)", Decimals = 2 },
            new("positive_probability_auc", ResultKind.Interval) { Heading = "positive, probability", Decimals = 2 },
            new("negative_probability_auc", ResultKind.Interval) { Heading = "negative, probability", Decimals = 2 },
            new("degenerate", ResultKind.Count) { Heading = "maps that say nothing" })
        {
            Note = $"Accuracy against the true label while pixels are {(IsInsertion ? "put back" : "erased")} ({protocol.Eraser.Name}), area under the curve from 0 to {100 * protocol.Fractions[^1]:0} % by the trapezoid rule, times 100. "
                + "Intervals: 95 %, bootstrap over images. random, centre-gaussian and oracle are controls.",
        };
        foreach (var method in methods)
        {
            var summary = PerturbationSummary.Of(Records(method), protocol.Fractions);
            table.Add(
                ResultCell.Text(method.Model), ResultCell.Text(method.Method), ResultCell.Count(summary.Count), ResultCell.Number(summary.CleanAccuracy),
                ResultCell.Interval(summary.Positive.Auc), ResultCell.Interval(summary.Negative.Auc),
                ResultCell.Interval(summary.Positive.ProbabilityAuc), ResultCell.Interval(summary.Negative.ProbabilityAuc), ResultCell.Count(summary.Degenerate));
        }

        return table;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TestCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            Chart("most relevant pixels first", summary => summary.Positive, methods),
            Chart("least relevant pixels first", summary => summary.Negative, methods),
        ];

    private TestCurves Chart(string title, Func<PerturbationSummary, PerturbationFigures> side, IReadOnlyList<MethodLines> methods)
        => new(
            $"Accuracy, {title}", IsInsertion ? "pixels put back, %" : "pixels erased, %", "accuracy, %",
            [.. methods.Select(method => ($"{method.Model} {method.Method}", Points(PerturbationSummary.Of(Records(method), protocol.Fractions), side)))]);

    private IReadOnlyList<(double X, double Y)> Points(PerturbationSummary summary, Func<PerturbationSummary, PerturbationFigures> side)
        => [.. side(summary).Accuracy.Select((accuracy, i) => (i == 0 ? 0 : 100 * protocol.Fractions[i - 1], 100 * accuracy))];

    private Measured Area(MethodLines lines, Func<PerturbationRecord, PerturbationCurve> side)
        => PerturbationSummary.AucOf($"{lines.Model} {lines.Method}", Records(lines), protocol.Fractions, side);

    private double Of(ResultLine line, Func<PerturbationRecord, PerturbationCurve> side)
        => PerturbationSummary.Area(side(line.As<PerturbationRecord>()).Probabilities, protocol.Fractions);

    private static PerturbationRecord[] Records(MethodLines lines) => [.. lines.Lines.Select(line => line.As<PerturbationRecord>())];

    private sealed class Prepared(TestModel model, PerturbationProtocol protocol) : IPreparedTest
    {
        public IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool)
        {
            var test = new PerturbationTest(model.Classifier(workers, pool), model.Preprocessing, protocol);
            var subject = test.Prepare(image.Input, image.Index, image.Scores);
            return [.. maps.Select(map => ResultLine.RecordOf(subject.Measure(map.Map, image.Explained, image.Source.Label!.Value)))];
        }
    }
}
