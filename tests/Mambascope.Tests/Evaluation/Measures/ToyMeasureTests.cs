using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Runs;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Cli;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Evaluation.Measures;

/// <summary>
/// A measure of somebody else's, on data of somebody else's, complete in this file: run, interrupted, resumed, summed up.
/// </summary>
[Collection(nameof(RegistryAlone))]
public sealed class ToyMeasureTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_on_own_pictures_takes_ten_lines()
    {
        using var model = ImageClassifier.Open("demo-vim");
        var cases = new PictureCases(new Stripes(), [PictureModel.Of(model)]);
        MeasuredMethod[] methods =
        [
            MeasuredMethod.Of(AttributionMethods.Find("rollout", ModelShape.Of(MixerKind.Scan)), new()),
            .. cases.Controls(seed: 0),
        ];
        var measure = new UpperShare(rows: 7);
        var told = new List<int>();
        var lines = new MeasureRun(measure, cases, [methods]).Lines(model.Workers, new Told(told), TestContext.Current.CancellationToken);
        var table = measure.Table(MethodLines.Of(lines));

        Assert.Equal([1, 2, 3], told);
        Assert.Equal(["rollout.exact", "random", "centre-gaussian", "colour"], table.Rows.Select(row => row[1].Words));
        Assert.All(table.Rows, row => Assert.InRange(row[3].Value, 0, 100));
        Assert.Equal(50, table.Rows[2][3].Value, 1e-4); // the middle of the picture is half above the middle
    }

    [Fact]
    public void A_run_can_be_stopped()
    {
        using var model = ImageClassifier.Open("demo-vim");
        using var stop = new CancellationTokenSource();
        using var alone = new Workers(1); // with as many threads as cases all have begun when the first is reported
        var run = new MeasureRun(
            new UpperShare(rows: 7),
            new PictureCases(new Stripes(), [PictureModel.Of(model)]),
            [
                [MeasuredMethod.CentreGaussian],
            ]);
        Assert.Throws<OperationCanceledException>(() => run.Lines(alone, new Told([], stop.Cancel), stop.Token));
    }

    [Fact]
    public void Results_of_a_registered_measure_go_on_after_an_interruption_and_are_read_back()
    {
        var measure = new UpperShare(rows: 3);
        var path = Path.Combine(folder, "results.jsonl");
        using (MeasureRegistry.Register(new UpperShare(rows: 7), options => new UpperShare(options.Whole("rows"))))
        {
            using var model = ImageClassifier.Open("demo-vim");
            var run = new MeasureRun(
                measure,
                new PictureCases(new Stripes(), [PictureModel.Of(model)]),
                [
                    [MeasuredMethod.Random(4), MeasuredMethod.CentreGaussian],
                ]);
            using (var file = ResultFile.Create(path, run.Settings, mayReplace: false))
            {
                run.Run(model.Workers, first: 0, count: 1, file.Append, TestContext.Current.CancellationToken);
            }

            using (var file = ResultFile.Resume(path, run.Settings))
            {
                Assert.Equal(1, file.Done);
                run.Run(model.Workers, file.Done, int.MaxValue, file.Append, TestContext.Current.CancellationToken);
            }

            var (settings, lines) = ResultFile.Read(path);
            var again = Assert.IsType<UpperShare>(MeasureRegistry.Read(settings));
            Assert.Equal("""{"rows":3}""", again.Options.ToJsonString());
            Assert.Equal(6, lines.Count);
            Assert.Contains("upper-share", MeasureRegistry.NamesOf(CaseKind.Picture));
            Assert.Throws<ArgumentException>(() => MeasureRegistry.Register(measure, _ => measure));
            var summary = JsonNode.Parse(CliRun.Successful("evaluate", "summary", folder, "--json").Out)!;
            Assert.Equal("upper-share", (string?)summary["test"]);
        }

        Assert.DoesNotContain("upper-share", MeasureRegistry.NamesOf(CaseKind.Picture));
        Assert.Throws<BadInputException>(() => MeasureRegistry.Read(ResultFile.Read(path).Settings));
    }

    // Share of the relevance in the upper rows of a map.
    private sealed record UpperShareRecord(double Share, bool IsDegenerate);

    private sealed class UpperShare(int rows) : MeanMeasure<Case, UpperShareRecord>
    {
        public override string Name => "upper-share";

        public override string Description => "how much relevance lies in the upper rows";

        public override CaseKind Kind => CaseKind.Picture;

        public override JsonObject Options => new() { ["rows"] = rows };

        protected override string Title => "Upper share";

        protected override string Note => $"Share of the relevance in the first {rows} rows.";

        protected override IReadOnlyList<MeanFigure<UpperShareRecord>> Columns { get; } =
            [new("upper_share", "upper share", isHigherBetter: true, record => record.Share) { IsShare = true }];

        protected override Measuring<Case, UpperShareRecord> Begin(MeasuredModel model, int seed)
            => (_, maps, _, _) => maps.Select(map => Of(map.Map));

        protected override int Degenerate(UpperShareRecord record) => record.IsDegenerate ? 1 : 0;

        private UpperShareRecord Of(RelevanceMap<float> map)
        {
            var all = map.Values.Sum(Math.Abs);
            return new(all > 0 ? map.Values.Take(rows * map.Columns).Sum(Math.Abs) / all : 0, map.Degenerate is not null);
        }
    }

    private sealed class Stripes : IImageDataset
    {
        public string Name => "stripes";

        public int Count => 3;

        public IReadOnlyList<string>? ClassNames => null;

        public bool HasLabels => false;

        public bool HasMasks => false;

        public string Id(int index) => $"{index}";

        public DatasetImage Read(int index)
            => new(
                Id(index),
                new RgbImage(56, 56, [.. Enumerable.Range(0, 3 * 56 * 56).Select(i => (byte)(i / (3 * 56) % (index + 2) * 100))]),
                Label: null,
                Mask: null);
    }

    private sealed class Told(List<int> told, Action? then = null) : IProgress<int>
    {
        public void Report(int value)
        {
            told.Add(value);
            then?.Invoke();
        }
    }
}
