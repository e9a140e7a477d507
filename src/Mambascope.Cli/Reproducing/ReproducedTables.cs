using Mambascope.Evaluation;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;

namespace Mambascope.Cli.Reproducing;

/// <summary>The published tables with our value, theirs and the difference in every line.</summary>
internal static class ReproducedTables
{
    private const string Reading =
        "Differences are ours minus the paper's, in points; intervals: 95 %, bootstrap over images. Mamba: official is the released code, "
        + "paper the equations, exact the whole mixer. "
        + "random and centre-gaussian are controls.";

    // The figures of each test in the paper's order: name of the figure, what the paper calls it.
    private static readonly (string Name, string Heading)[] areas = [("positive_auc", "positive"), ("negative_auc", "negative")];
    private static readonly (string Name, string Heading)[] shares =
    [
        ("pixel_accuracy", "pixAcc"),
        ("mean_average_precision", "mAP"),
        ("mean_iou", "mIoU"),
    ];

    /// <summary>Table 1.</summary>
    /// <param name="results">Results of the perturbation test by model, or null where it was not run.</param>
    internal static ResultTable Perturbation(IReadOnlyDictionary<PublishedModel, IReadOnlyList<MethodLines>>? results, IMeasure measure)
    {
        var table = Table(
            "Table 1: perturbation of ImageNet pictures, area under accuracy, %",
            Reading + " At most 90; positive: lower is better, negative: higher.",
            areas,
            percent: 1);
        foreach (var line in PublishedTables.Perturbation)
        {
            Add(table, line.Model, line.Method, results, measure, areas, [line.Positive, line.Negative], percent: 1);
        }

        AddControls(table, results, measure, areas, percent: 1);
        return table;
    }

    /// <summary>Table 2.</summary>
    /// <param name="results">Results of the segmentation test by model, or null where it was not run.</param>
    internal static ResultTable Segmentation(IReadOnlyDictionary<PublishedModel, IReadOnlyList<MethodLines>>? results, IMeasure measure)
    {
        var table = Table("Table 2: ImageNet-Segmentation, %", Reading + " Higher is better.", shares, percent: 100);
        foreach (var line in PublishedTables.Segmentation)
        {
            Add(
                table,
                line.Model,
                line.Method,
                results,
                measure,
                shares,
                [line.PixelAccuracy, line.MeanAveragePrecision, line.MeanIoU],
                percent: 100);
        }

        AddControls(table, results, measure, shares, percent: 100);
        return table;
    }

    private static ResultTable Table(string title, string note, (string Name, string Heading)[] figures, double percent)
        => new(title,
        [
            new("method", ResultKind.Text), new("model", ResultKind.Text), new("form", ResultKind.Text), new("images", ResultKind.Count),
            .. figures.SelectMany(figure => new ResultColumn[]
            {
                new(figure.Name, ResultKind.Interval) { Heading = $"{figure.Heading}, ours", Decimals = 2, Factor = percent },
                new($"{figure.Name}_paper", ResultKind.Number) { Heading = "paper", Decimals = 2, Factor = percent },
                new($"{figure.Name}_difference", ResultKind.Number) { Heading = "difference", Decimals = 2, Factor = percent },
            }),
        ])
        { Note = note };

    // A line of the paper: once for every form that was measured, once without a value of ours where none was.
    private static void Add(
        ResultTable table,
        PublishedModel model,
        PublishedMethod method,
        IReadOnlyDictionary<PublishedModel, IReadOnlyList<MethodLines>>? results,
        IMeasure measure,
        (string Name, string Heading)[] figures,
        double[] paper,
        double percent)
    {
        var measured = results is not null && results.TryGetValue(model, out var lines) ? lines : [];
        var forms = PublishedForms.Of(model, [method]);
        foreach (var form in measured.Count == 0 ? [null] : forms.Cast<PublishedForm?>())
        {
            var own = form is null ? null : measured.First(each => each.Method == form.Name);
            table.Add([
                ResultCell.Text(PublishedNames.Of(method)),
                ResultCell.Text(PublishedNames.Of(model)),
                ResultCell.Text(form?.Form ?? ""),
                .. Cells(own, measure, figures, paper, percent),
            ]);
        }
    }

    private static void AddControls(
        ResultTable table,
        IReadOnlyDictionary<PublishedModel, IReadOnlyList<MethodLines>>? results,
        IMeasure measure,
        (string Name, string Heading)[] figures,
        double percent)
    {
        foreach (var (model, lines) in results ?? new Dictionary<PublishedModel, IReadOnlyList<MethodLines>>())
        {
            foreach (var control in lines.Where(each => PublishedForms.All.All(form => form.Name != each.Method)))
            {
                table.Add([
                    ResultCell.Text(control.Method),
                    ResultCell.Text(PublishedNames.Of(model)),
                    ResultCell.Text("control"),
                    .. Cells(control, measure, figures, paper: null, percent),
                ]);
            }
        }
    }

    // The paper prints percent; files hold areas of up to 90 and shares of up to 1, as those of the tests themselves.
    private static IEnumerable<ResultCell> Cells(
        MethodLines? own, IMeasure measure, (string Name, string Heading)[] figures, double[]? paper, double percent)
    {
        yield return own is null ? ResultCell.Missing : ResultCell.Count(own.Lines.Count);
        for (var i = 0; i < figures.Length; i++)
        {
            Bootstrap? found = own is null
                ? null
                : measure.Figures.Single(figure => figure.Name == figures[i].Name).Measure(own).Interval();
            yield return found is { } value ? ResultCell.Interval(value) : ResultCell.Missing;
            yield return paper is null ? ResultCell.Missing : ResultCell.Number(paper[i] / percent);
            yield return found is { } ours && paper is not null ? ResultCell.Number(ours.Mean - (paper[i] / percent)) : ResultCell.Missing;
        }
    }
}
