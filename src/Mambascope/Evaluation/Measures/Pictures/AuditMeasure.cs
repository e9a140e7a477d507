using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Robustness;
using Mambascope.Evaluation.Statistics;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>What an audit knows of one picture and one method's map of it.</summary>
/// <param name="IsRight">Whether the model answers with the true class.</param>
/// <param name="Confidence">Probability of its answer, 0 to 1.</param>
/// <param name="CopiesRight">Share of slightly changed copies that it answers with the true class.</param>
/// <param name="Negative">Area under the accuracy curve while the least relevant pixels turn black first, times 100.</param>
/// <param name="Positive">The same, the most relevant first.</param>
/// <param name="MaxSensitivity">Greatest relative change of the map over the changed copies.</param>
/// <param name="Outside">Share of the positive relevance outside the object; null without a mask.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record AuditRecord(
    bool IsRight, double Confidence, double CopiesRight, double Negative, double Positive, double MaxSensitivity, double? Outside,
    bool IsDegenerate)
{
    /// <summary>
    /// Share of the positive relevance where a mark stands or may stand (<see cref="DatasetImage.Mark"/>); null where nobody said where.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OnMark { get; init; }
}

/// <summary>
/// Does a model, and do its explanations, serve all groups alike? Accuracy, calibration, what is left of accuracy on changed and on masked
/// pictures, how still maps hold, and how much of them lies outside the object or on a mark: the figures of an audit, to be cut by groups.
/// </summary>
/// <param name="radius">Greatest change of a pixel in the copies, as a share of the way from black to white.</param>
/// <param name="samples">Changed copies of each picture.</param>
public sealed class AuditMeasure(double radius = MaxSensitivity.StandardRadius, int samples = MaxSensitivity.StandardSamples)
    : CaseMeasure<PictureCase, AuditRecord>
{
    private static readonly PerturbationProtocol protocol = new();

    /// <inheritdoc/>
    public override string Name => "audit";

    /// <inheritdoc/>
    public override string Description => "does a model, and do its explanations, serve all groups alike";

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Picture;

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Answers;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["radius"] = radius, ["samples"] = samples };

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureFigure> Figures { get; } =
    [
        Mean("accuracy", "accuracy", isHigherBetter: true, record => record.IsRight ? 1 : 0),
        new(
            "calibration_error", "calibration error (ECE)", IsHigherBetter: false,
            lines => Calibration(lines.Name, Records(lines)),
            line => Math.Abs(line.As<AuditRecord>().Confidence - (line.As<AuditRecord>().IsRight ? 1 : 0))),
        Mean("copies_accuracy", "accuracy on changed copies", isHigherBetter: true, record => record.CopiesRight),
        Mean("negative_auc", "negative AUC", isHigherBetter: true, record => record.Negative),
        Mean("positive_auc", "positive AUC", isHigherBetter: false, record => record.Positive),
        Mean("max_sensitivity", "max-sensitivity", isHigherBetter: false, record => record.MaxSensitivity),
        Mean("outside", "relevance outside the object", isHigherBetter: false, record => record.Outside ?? 0) with
        {
            IsDefined = line => line.As<AuditRecord>().Outside is not null,
        },
        Mean("on_mark", "relevance on the mark's place", isHigherBetter: false, record => record.OnMark ?? 0) with
        {
            IsDefined = line => line.As<AuditRecord>().OnMark is not null,
        },
    ];

    /// <summary>Whether a figure is the model's alone, and the same for every method.</summary>
    public static bool IsOfModel(MeasureFigure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return figure.Name is "accuracy" or "calibration_error" or "copies_accuracy";
    }

    /// <inheritdoc/>
    public override ResultTable Table(IReadOnlyList<MethodLines> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        MeasureFigure[] shown = [.. Figures.Where(figure => figure.Name != "on_mark" || figure.In(methods).Count > 0)];
        var table = new ResultTable(
            "Audit",
            [
                new("model", ResultKind.Text), new("method", ResultKind.Text), new("images", ResultKind.Count),
                .. shown.Select(figure => new ResultColumn(figure.Name, ResultKind.Interval)
                {
                    Heading = figure.Heading,
                    Decimals = figure.Name.EndsWith("auc", StringComparison.Ordinal) ? 1 : 3,
                }),
                new("degenerate", ResultKind.Count) { Heading = "maps that say nothing" },
            ])
        {
            Note =
                $"Accuracy, calibration error (expected, {CalibrationError.Bins} bins) and accuracy on {samples} copies of each picture "
                    + "with "
                + $"pixels changed by up to {100 * radius:0.##} % are the model's and the same for every method. Negative and positive "
                + "AUC: accuracy while the least or the most relevant pixels turn black first, from 0 to 90 %, times 100. Max-sensitivity: "
                + "greatest relative change of the map over the copies. Outside: share of the positive relevance outside the object, where "
                + "there is a mask. On the mark's place: share where a mark stands or may stand, where the data say so. Intervals: 95 %, "
                + "bootstrap over images. random, centre-gaussian, colour and oracle are controls.",
        };
        foreach (var method in methods)
        {
            table.Add(
                [
                    ResultCell.Text(method.Model), ResultCell.Text(method.Method), ResultCell.Count(method.Lines.Count),
                    .. shown.Select(figure => figure.In([method]) is [var having]
                        ? ResultCell.Interval(figure.Measure(having).Interval())
                        : ResultCell.Missing),
                    ResultCell.Count(Records(method).Count(record => record.IsDegenerate)),
                ]);
        }

        return table;
    }

    /// <inheritdoc/>
    protected override Measuring<PictureCase, AuditRecord> Begin(MeasuredModel model, int seed)
        => (picture, maps, workers, pool) =>
        {
            var (methods, label) = (maps.Select(map => map.Method).ToArray(), picture.Source.Label!.Value);
            var classify = picture.Model.Classifier(workers, pool);
            var image = new NormalisedImage(picture.Input, picture.Model.Preprocessing);
            var right = 0;
            var copies = MaxSensitivity.Copies(image, picture.Index, radius, samples, seed)
                .Select((pixels, copy) =>
                {
                    right += ArgMax.Of(classify(pixels).Row(0)) == label ? 1 : 0;
                    return picture.MapsAgain(methods, picture.Model.Network, pixels, copy + 1, workers, pool);
                })
                .ToArray();
            var erasing = new PixelPerturbation(classify, picture.Model.Preprocessing, protocol)
                .Prepare(picture.Input, picture.Index, picture.Scores);
            return maps.Select((map, m) =>
            {
                var erased = erasing.Measure(map.Map, picture.Explained, label);
                return new AuditRecord(
                    picture.Prediction == label,
                    Logits.Probability(picture.Scores, picture.Prediction),
                    (double)right / samples,
                    PerturbationSummary.Area(PerturbationSummary.Hits(erased, erased.Negative), protocol.Fractions),
                    PerturbationSummary.Area(PerturbationSummary.Hits(erased, erased.Positive), protocol.Fractions),
                    MaxSensitivity.Compare(map.Map, copies.Select(copy => copy[m])).Maximum,
                    picture.Mask is { } mask ? 1 - MapLocalisation.Measure(map.Map, mask).MassAccuracy : null,
                    map.Map.Degenerate is not null)
                {
                    OnMark = picture.Mark is { } mark ? MapLocalisation.Measure(map.Map, mark).MassAccuracy : null,
                };
            });
        };

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static AuditMeasure Of(MeasureOptions options) => new(options.Number("radius"), options.Whole("samples"));

    private static MeasureFigure Mean(string name, string heading, bool isHigherBetter, Func<AuditRecord, double> value)
        => new(
            name, heading, isHigherBetter,
            lines => Measured.Mean(lines.Name, [.. Records(lines).Select(value)]), line => value(line.As<AuditRecord>()));

    private static Measured Calibration(string name, AuditRecord[] records)
        => CalibrationError.Of(name, [.. records.Select(record => record.Confidence)], [.. records.Select(record => record.IsRight)]);
}
