using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Imaging.Reports;
using Mambascope.Inputs.Images;

namespace Mambascope.Tests.Imaging.Reports;

/// <summary>A report like those that an evaluation writes, with made-up numbers.</summary>
internal static class SampleReport
{
    /// <summary>Adds a section and fills it.</summary>
    public static HtmlReport With(this HtmlReport report, Action<ReportSection> fill)
    {
        fill(report.Section("section"));
        return report;
    }

    public static HtmlReport Make()
    {
        var report = new HtmlReport("Explanations of demo-vim", "Which map finds the pixels that the decision rests on?")
            .Fact("Model", "demo-vim")
            .Fact("Data", "fashion-scenes:test:1000")
            .Fact("Command", "mambascope evaluate perturbation --data fashion-scenes:test:1000");
        report
            .Section("Perturbation")
            .Text("Pixels are made black, those first that a map calls most relevant; a good map makes accuracy fall early.")
            .Table(
                new ResultTable(
                    "Positive perturbation",
                    new ResultColumn("method", ResultKind.Text),
                    new ResultColumn("auc", ResultKind.Interval)
                    {
                        Heading = "AUC",
                        Unit = "%",
                        Decimals = 2,
                    },
                    new ResultColumn("n", ResultKind.Count) { Heading = "pictures" })
                {
                    Note = "Mean with 95 % bootstrap interval; lower is better.",
                }
                    .Add(ResultCell.Text("attribution"), ResultCell.Interval(17.268, 15.9, 18.6), ResultCell.Count(1000))
                    .Add(ResultCell.Text("raw"), ResultCell.Interval(24.1, 22.53, 25.8), ResultCell.Count(1000))
                    .Add(ResultCell.Text("oracle"), ResultCell.Missing, ResultCell.Count(0)))
            .Chart(
                new LineChart(
                    "Accuracy while the most relevant pixels are erased",
                    new("Erased pixels", "%"),
                    new("Accuracy", "%") { Minimum = 0 },
                    [Curve("attribution", 0.9), Curve("rollout", 0.6), Curve("raw", 0.4), Curve("random (control)", 0.15)]));
        report
            .Section("Segmentation")
            .Chart(new LineChart("Sizes of the steps", new("Step"), new("Change"), [new("one", [new(1, 0.001), new(2, -0.002)])]));
        report
            .Section("Pictures")
            .Pictures(Picture(0, "Best: test/0, IoU 0.81"), Picture(1, "Median: test/1, IoU 0.44"), Picture(2, "Worst: test/2, IoU 0.02"));
        return report;
    }

    private static ChartSeries Curve(string name, double speed)
        => new(
            name,
            [
                .. Enumerable
                    .Range(0, 10)
                    .Select(i => (X: 10.0 * i, Y: 92 * Math.Exp(-speed * i * i / 20)))
                    .Select(p => new ChartPoint(p.X, p.Y, Math.Max(0, p.Y - 2.5), p.Y + 2.5)),
            ]);

    private static ReportPicture Picture(int index, string caption)
        => new(
            new RgbImage(FashionScenes.Size, FashionScenes.Size, FashionScenes.Test().Scene(index).Pixels),
            caption,
            $"Scene {index} with one garment");
}
