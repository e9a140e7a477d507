using Mambascope.Attribution;
using Mambascope.Evaluation.Planted;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Evaluation.Texts;

/// <summary>Runs of all tests of text over small models: order, threads, interruptions, methods beside each other, tables.</summary>
public sealed class TextRunTests
{
    private static readonly TextTestModel mamba = new(new("mamba", "a"), SmallByteModels.Networks.Mamba, new ByteTokenizer());
    private static readonly TextTestModel transformer = new(new("neox", "b"), SmallByteModels.Networks.Transformer, new ByteTokenizer());

    public static TheoryData<string> Names => [.. TextTests.Names];

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
            var alone = Lines(new TextEvaluation(TextTests.Standard(name), data.For(name), [mamba], [[Method(mamba, method)]], ExplainedClass.True, seed: 4));
            Assert.Equal(all.Where(line => line.Contains("\"mamba\"", StringComparison.Ordinal) && line.Contains($"\"{alone[0].Split("\"method\":\"")[1].Split('"')[0]}\"", StringComparison.Ordinal)), alone);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_table_has_a_row_for_every_method_and_figures_that_lines_give_back(string name)
    {
        using var data = new SmallTexts();
        var test = TextTests.Standard(name);
        var methods = MethodLines.Of(Lines(Run(name, data)).Select(line => ResultLine.Parse(line, "file", 1)));
        var table = test.Table(methods);
        Assert.Equal(["raw.exact", "attribution.exact", "input-x-gradient", "mamba-lrp", "random", "most-recent", "oracle"], table.Rows.Take(7).Select(row => row[1].Words));
        Assert.Equal(["raw", "transformer-attribution", "input-x-gradient", "random", "most-recent", "oracle"], table.Rows.Skip(7).Select(row => row[1].Words));
        Assert.Contains("random", table.Note, StringComparison.Ordinal);
        Assert.Contains("questions", table.Columns.Select(column => column.Name));
        Assert.NotEmpty(test.Figures);
        Assert.All(test.Figures, figure => Assert.All(figure.In(methods), method => Assert.True(double.IsFinite(figure.Measure(method).Interval().Mean))));
        Assert.All(test.Curves(methods), chart => Assert.All(chart.Series, series => Assert.All(series.Points, point => Assert.InRange(point.Y, chart.YMinimum, chart.YMaximum))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_is_made_again_of_its_options(string name)
    {
        ITextTest[] tests = [TextTests.Standard(name), .. name switch
        {
            "text-perturbation" => new ITextTest[] { new TextPerturbationTest(TokenRemoval.Parse(" ")), new TextPerturbationTest(TokenRemoval.Parse("token:zero")) },
            "text-faithfulness" => [new TextFaithfulnessTest(TokenRemoval.Zero)],
            "text-rationales" => [new RationaleTest([0.15, 0.4])],
            _ => [],
        }];
        foreach (var test in tests)
        {
            var settings = new EvaluationSettings(test.Name, test.Options, "data", 1, [new("m", "abc")], [["raw"]], ExplainedClass.True, Seed: 0) { Unit = EvaluationUnit.Question };
            var again = EvaluationTests.Read(EvaluationSettings.Parse(settings.ToLine(), "file"));
            Assert.IsType(test.GetType(), again);
            Assert.Equal(test.Options.ToJsonString(), again.Options.ToJsonString());
        }
    }

    [Fact]
    public void The_truth_scores_1_on_planted_texts_and_noise_one_half()
    {
        var methods = TextMethod.Controls(hasTruth: true, seed: 0);
        foreach (var task in PlantedTasks.All)
        {
            var lines = MethodLines.Of(Lines(new TextEvaluation(new PlantedTextTest(), new PlantedDataset(task, 60), [mamba], [methods], ExplainedClass.True, 0)).Select(line => ResultLine.Parse(line, "file", 1)));
            var auc = lines.ToDictionary(each => each.Method, each => each.Lines.Average(line => line.As<EvidenceRecord>().Auc), StringComparer.Ordinal);
            Assert.Equal(1, auc["oracle"], 1e-12);
            Assert.InRange(auc["random"], 0.35, 0.65);
        }
    }

    [Fact]
    public void What_the_data_lack_is_said()
    {
        using var data = new SmallTexts();
        Refused(() => Run(new PlantedTextTest(), data.Windows), "truth");
        Refused(() => Run(new MinimalPairTest(), data.Planted), "BLiMP");
        Refused(() => _ = new TextEvaluation(new TextPerturbationTest(TokenRemoval.Zero), data.Rationales(answers: null), [mamba], [[]], ExplainedClass.True, 0), "--explain predicted");
        var bare = mamba with { Tokenizer = null };
        Refused(() => data.Planted.Read(0, bare), "bytes", "mamba");
        Refused(() => data.Windows.Read(0, bare), "tokenizer");
        Refused(() => Lines(Run(new TextPerturbationTest(TokenRemoval.Parse("two tokens")), data.Windows)), "two tokens", "exactly one");
    }

    private static void Refused(Action action, params string[] said)
    {
        var message = Assert.ThrowsAny<BadInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    private static TextEvaluation Run(string name, SmallTexts data) => Run(TextTests.Standard(name), data.For(name));

    private static TextEvaluation Run(ITextTest test, ITextDataset data)
        => new(
            test, data, [mamba, transformer],
            [
                [Method(mamba, "raw"), Method(mamba, "attribution"), Method(mamba, "input-x-gradient"), Method(mamba, "mamba-lrp"), .. TextMethod.Controls(hasTruth: true, 4)],
                [Method(transformer, "raw"), Method(transformer, "transformer-attribution"), Method(transformer, "input-x-gradient"), .. TextMethod.Controls(hasTruth: true, 4)],
            ],
            ExplainedClass.True, seed: 4);

    private static TextMethod Method(TextTestModel model, string name) => TextMethod.Of(AttributionMethods.Find(name, model.Network.Shape), new());

    private static List<string> Lines(TextEvaluation run, int threads = 1, int atOnce = int.MaxValue)
    {
        using var workers = new Workers(threads);
        var (lines, count) = (new List<string>(), run.Settings.Count);
        for (var first = 0; first < count; first += Math.Min(atOnce, count))
        {
            run.Run(workers, first, atOnce, finished => lines.AddRange(finished.Select(line => line.ToLine())));
        }

        return lines;
    }
}
