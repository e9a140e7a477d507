using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Series;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Models.Series;
using Xunit;

namespace Mambascope.Tests.Evaluation.Measures;

/// <summary>Measures of series: what they make of maps that are known, and controls in their places.</summary>
public sealed class SeriesMeasureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Workers workers = new(1);

    public void Dispose()
    {
        folder.Dispose();
        workers.Dispose();
    }

    [Fact]
    public void The_truth_finds_itself_and_noise_does_not()
    {
        var measure = new SeriesPlantedMeasure();
        var lines = Run(measure, MotifSet.Open("motifs:40"), Motifs(patch: 1), [new InputXGradient()]);
        var records = lines.GroupBy(line => line.Method).ToDictionary(
            group => group.Key, group => group.Select(line => line.As<SeriesPlantedRecord>()).ToArray(), StringComparer.Ordinal);
        Assert.Equal(["input-x-gradient", "most-varying", "oracle", "random"], records.Keys.Order(StringComparer.Ordinal));
        Assert.All(records["oracle"], record => Assert.Equal((1, 1, 1), (record.MassShare, record.Auc, record.Pointing)));
        Assert.InRange(records["random"].Average(record => record.MassShare), 0.1, 0.15);
        Assert.InRange(records["random"].Average(record => record.Auc), 0.42, 0.58);
        Assert.All(records["most-varying"], record => Assert.NotNull(record.IsRight));
        Assert.Contains("Planted truth", measure.Table(MethodLines.Of(lines)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_several_steps_is_true_in_part()
    {
        // Motifs begin anywhere: at the ends patches of four steps share them with their neighbours.
        var lines = Run(new SeriesPlantedMeasure(), MotifSet.Open("motifs:30"), Motifs(patch: 4), [new InputXGradient()]);
        var oracle = lines.Where(line => line.Method == "oracle").Select(line => line.As<SeriesPlantedRecord>()).ToArray();
        Assert.All(oracle, record => Assert.InRange(record.MassShare, 0.8, 1));
        Assert.Contains(oracle, record => record.MassShare < 1);
        Assert.All(oracle, record => Assert.Equal(1, record.Pointing));
    }

    [Theory]
    [InlineData(SeriesSubstitute.Mean)]
    [InlineData(SeriesSubstitute.Noise)]
    [InlineData(SeriesSubstitute.Previous)]
    public void What_is_taken_away_is_replaced_and_nothing_else(SeriesSubstitute substitute)
    {
        var model = Motifs(patch: 1);
        var set = MotifSet.Open("motifs:3");
        var lines = Run(new SeriesPerturbationMeasure(substitute), set, model, [new InputXGradient()]);
        Assert.All(lines, line =>
        {
            var record = line.As<SeriesPerturbationRecord>();
            Assert.Equal((11, 11, 11), (record.Positive.Length, record.Negative.Length, record.PositiveRight!.Length));
            Assert.Equal(record.Positive[0], record.Negative[0]);
            Assert.Equal(record.Positive[10], record.Negative[10], 6); // everything is gone, in whatever order
        });

        // By hand: one tenth of the series, the most relevant steps first.
        using var run = model.Run(set.Read(1).Case);
        var map = run.Explain("input-x-gradient");
        int[] order = [.. Enumerable.Range(0, 128).OrderByDescending(t => map.Values[t]).ThenBy(t => t).Take(13)];
        var values = set.Read(1).Case.Values.ToArray();
        if (substitute == SeriesSubstitute.Noise)
        {
            return;
        }

        foreach (var t in order.Order())
        {
            values[t] = substitute == SeriesSubstitute.Previous && t > 0 ? values[t - 1] : 0;
        }

        using var without = model.Run<float>(new SeriesCase("0", values, 128, 1), isRecording: false);
        var found = lines.Single(line => line.Method == "input-x-gradient" && line.Index == 1).As<SeriesPerturbationRecord>();
        Assert.Equal(without.Score(run.Top(1)[0].Index).Probability, found.Positive[1], 5);
    }

    [Fact]
    public void Rows_of_a_table_are_measured_too()
    {
        SeriesClassifierTests.Write(folder, TinySeries.Create("table"));
        using var model = SeriesModel.Open(folder.Path, threads: 1);
        var file = folder.Write("rows.csv", "age,sex,weight,label\n1,male,2,well\n-2,female,0.5,sick\n");
        var data = new SeriesFileDataset(model.Read(file));
        var lines = Run(new SeriesPerturbationMeasure(SeriesSubstitute.Mean), data, model, [new MambaLrp()]);
        Assert.Equal(6, lines.Count);
        var error = Assert.Throws<BadInputException>(() => Run(new SeriesPlantedMeasure(), data, model, [new MambaLrp()]));
        Assert.Contains("does not say which steps matter", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sick", "well", 1, 0)] // as the model calls them
    [InlineData("1", "2", 0, 1)] // by their places where it calls none so
    public void Labels_are_classes_by_name_or_by_place(string first, string second, int expectedFirst, int expectedSecond)
    {
        var settings = TinySeries.Settings("table") with { Classes = 2 };
        SeriesClassifierTests.Write(folder, SeriesModels.Create(settings, RandomWeights.Source(1)));
        using var model = SeriesModel.Open(folder.Path, threads: 1);
        var file = folder.Write("rows.csv", $"age,sex,weight,label\n1,male,2,{first}\n-2,female,0.5,{second}\n");
        var data = new SeriesFileDataset(model.Read(file));
        var lines = Run(new SeriesPerturbationMeasure(SeriesSubstitute.Mean), data, model, []);
        Assert.Equal([expectedFirst, expectedSecond], lines.Where(line => line.Method == "random").Select(line => line.Label!.Value));
        var other = new SeriesFileDataset(model.Read(folder.Write("c.csv", "age,sex,weight,label\n1,male,2,well\n1,male,2,dead\n")));
        var error = Assert.Throws<BadInputException>(() => Run(new SeriesPerturbationMeasure(SeriesSubstitute.Mean), other, model, []));
        Assert.Contains("has the label dead", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_other_channels_is_refused_in_one_line()
    {
        SeriesClassifierTests.Write(folder, TinySeries.Create("scan"));
        using var model = SeriesModel.Open(folder.Path, threads: 1);
        var error = Assert.Throws<BadInputException>(() => new MeasurementCases(MotifSet.Open("motifs:2"), [MeasurementModel.Of(model)]));
        Assert.Contains("reads heart, breath, and motifs:2:test has value", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    private IReadOnlyList<ResultLine> Run(IMeasure measure, ISeriesDataset data, SeriesModel model, AttributionMethod[] methods)
    {
        var cases = new MeasurementCases(data, [MeasurementModel.Of(model)]);
        MeasuredMethod[] all = [.. methods.Select(method => MeasuredMethod.Of(method, new())), .. cases.Controls(seed: 0)];
        return new MeasureRun(measure, cases, [all], ExplainedClass.Predicted).Lines(workers);
    }

    private SeriesModel Motifs(int patch)
    {
        SeriesFormat format = new(SeriesKind.Steps, [new("value")]);
        var settings = SeriesModelSettings.Of(format, new([0], [1]), classes: 4, width: 8, depth: 1) with { PatchLength = patch };
        var model = SeriesModels.Create(settings, RandomWeights.Source(2));
        SeriesClassifierTests.Write(folder, model, MotifSet.ClassNames);
        return SeriesModel.Open(folder.Path, threads: 1);
    }
}
