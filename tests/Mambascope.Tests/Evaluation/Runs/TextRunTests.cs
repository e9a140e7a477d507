using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Planted;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Evaluation.Texts;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Evaluation.Runs;

/// <summary>Runs of all measures of text over small models: order, threads, interruptions, methods beside each other, tables.</summary>
public sealed class TextRunTests
{
    private static readonly QuestionModel mamba = new(new("mamba", "a"), SmallByteModels.Networks.Mamba, new ByteTokenizer());
    private static readonly QuestionModel transformer = new(new("neox", "b"), SmallByteModels.Networks.Transformer, new ByteTokenizer());

    public static TheoryData<string> Names => [.. MeasureRegistry.NamesOf(CaseKind.Question)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_and_interruptions_change_nothing(string name)
    {
        using var data = new SmallTexts();
        var expected = Lines(Run(name, data));
        Assert.Equal(data.For(name).Count * 13, expected.Count);
        foreach (var threads in new[] { 2, 4 })
        {
            Assert.Equal(expected, Lines(Run(name, data), threads));
        }

        Assert.Equal(expected, Lines(Run(name, data), threads: 1, atOnce: 2));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Methods_beside_a_method_change_nothing_of_it(string name)
    {
        using var data = new SmallTexts();
        var all = Lines(Run(name, data));
        foreach (var method in new[] { "attribution", "input-x-gradient" })
        {
            var alone = Lines(
                new MeasureRun(
                    MeasureRegistry.Standard(name),
                    new QuestionCases(data.For(name), [mamba]),
                    [
                        [Method(mamba, method)],
                    ],
                    ExplainedClass.True,
                    seed: 4));
            Assert.Equal(
                all.Where(line =>
                    line.Contains("\"mamba\"", StringComparison.Ordinal)
                    && line.Contains($"\"{alone[0].Split("\"method\":\"")[1].Split('"')[0]}\"", StringComparison.Ordinal)),
                alone);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_table_has_a_row_for_every_method_and_figures_that_lines_give_back(string name)
    {
        using var data = new SmallTexts();
        var test = MeasureRegistry.Standard(name);
        var methods = MethodLines.Of(Lines(Run(name, data)).Select(line => ResultLine.Parse(line, "file", 1)));
        var table = test.Table(methods);
        Assert.Equal(
            ["raw.exact", "attribution.exact", "input-x-gradient", "mamba-lrp", "random", "most-recent", "oracle"],
            table.Rows.Take(7).Select(row => row[1].Words));
        Assert.Equal(
            ["raw", "transformer-attribution", "input-x-gradient", "random", "most-recent", "oracle"],
            table.Rows.Skip(7).Select(row => row[1].Words));
        Assert.Contains("random", table.Note, StringComparison.Ordinal);
        Assert.Contains("questions", table.Columns.Select(column => column.Name));
        Assert.NotEmpty(test.Figures);
        Assert.All(test.Figures, figure =>
            Assert.All(figure.In(methods), method => Assert.True(double.IsFinite(figure.Measure(method).Interval().Mean))));
        Assert.All(test.Curves(methods), chart =>
            Assert.All(chart.Series, series =>
                Assert.All(series.Points, point => Assert.InRange(point.Y, chart.YMinimum, chart.YMaximum))));
    }

    [Fact]
    public void The_truth_scores_1_on_planted_texts_and_noise_one_half()
    {
        foreach (var task in PlantedTasks.All)
        {
            var cases = new QuestionCases(new PlantedDataset(task, 60), [mamba]);
            var lines = MethodLines.Of(
                Lines(new MeasureRun(new PlantedMeasure(), cases, [cases.Controls(seed: 0)], ExplainedClass.True, 0))
                    .Select(line => ResultLine.Parse(line, "file", 1)));
            var auc = lines.ToDictionary(
                each => each.Method, each => each.Lines.Average(line => line.As<EvidenceRecord>().Auc), StringComparer.Ordinal);
            Assert.Equal(1, auc["oracle"], 1e-12);
            Assert.InRange(auc["random"], 0.35, 0.65);
        }
    }

    [Fact]
    public void What_the_data_lack_is_said()
    {
        using var data = new SmallTexts();
        Refused(() => Run(new PlantedMeasure(), data.Windows), "truth");
        Refused(() => Run(new MinimalPairMeasure(), data.Planted), "BLiMP");
        Refused(
            () =>
                _ = new MeasureRun(
                    new TextPerturbationMeasure(TokenRemoval.Zero),
                    new QuestionCases(data.Rationales(answers: null), [mamba]),
                    [
                        [],
                    ],
                    ExplainedClass.True,
                    0),
            "--explain predicted");
        var bare = mamba with { Tokenizer = null };
        Refused(() => data.Planted.Read(0, bare.Reader), "bytes", "mamba");
        Refused(() => data.Windows.Read(0, bare.Reader), "tokenizer");
        Refused(() => Lines(Run(new TextPerturbationMeasure(TokenRemoval.Parse("two tokens")), data.Windows)), "two tokens", "exactly one");
    }

    private static void Refused(Action action, params string[] said)
    {
        var message = Assert.ThrowsAny<BadInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    private static MeasureRun Run(string name, SmallTexts data) => Run(MeasureRegistry.Standard(name), data.For(name));

    private static MeasureRun Run(IMeasure measure, ITextDataset data)
        => new(
            measure, new QuestionCases(data, [mamba, transformer]),
            [
                [
                    Method(mamba, "raw"), Method(mamba, "attribution"), Method(mamba, "input-x-gradient"),
                    Method(mamba, "mamba-lrp"), .. Controls,
                ],
                [
                    Method(transformer, "raw"),
                    Method(transformer, "transformer-attribution"),
                    Method(transformer, "input-x-gradient"),
                    .. Controls,
                ],
            ],
            ExplainedClass.True, seed: 4);

    private static MeasuredMethod[] Controls => [MeasuredMethod.Random(4), MeasuredMethod.MostRecent, MeasuredMethod.Oracle];

    private static MeasuredMethod Method(QuestionModel model, string name)
        => MeasuredMethod.Of(AttributionMethods.Find(name, model.Network.Shape), new());

    private static List<string> Lines(MeasureRun run, int threads = 1, int atOnce = int.MaxValue)
    {
        using var workers = new Workers(threads);
        var (lines, count) = (new List<string>(), run.Settings.Count);
        for (var first = 0; first < count; first += Math.Min(atOnce, count))
        {
            run.Run(workers, first, atOnce, finished => lines.AddRange(finished.Lines.Select(line => line.ToLine())));
        }

        return lines;
    }
}
