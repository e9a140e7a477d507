using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>Numbers that are predicted in place of classes, from files to explanations.</summary>
public sealed class NumberTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mamba")]
    [InlineData("transformer")]
    public void The_height_of_a_bump_is_learned_from_a_file_that_says_so(string architecture)
    {
        Bumps("bumps_TRAIN.ts", cases: 80, seed: 1);
        Bumps("bumps_TEST.ts", cases: 40, seed: 2);
        var trained = Train(Small with { Data = folder.File("bumps_TRAIN.ts"), Architecture = architecture });
        var test = Assert.IsType<RegressionFigures>(trained.Test);
        Assert.Equal(40, test.Count);
        Assert.True(test.R2.Lower > 0.5, test.Words); // 0 is whoever answers the mean
        Assert.True(test.MeanAbsoluteError.Upper < test.MeanAbsoluteErrorOfMean, test.Words);
        Assert.Equal(1, trained.Temperature);

        using var model = SeriesModel.Open(trained.Folder);
        var number = Assert.IsType<PredictedNumber>(model.Number);
        Assert.InRange(number.Mean, 90, 110);
        var data = model.Read(folder.File("bumps_TEST.ts"));
        var errors = data.Cases.Select(one =>
        {
            using var run = model.Run(one);
            return Math.Abs(run.Top(1)[0].Value!.Value - one.Number!.Value);
        }).ToArray();
        Assert.Equal(test.MeanAbsoluteError.Mean, errors.Average(), 1e-3);
        using var first = model.Run(data.Cases[0]);
        Assert.Equal(24, first.Explain("attribution").Values.Length);
        var card = File.ReadAllText(Path.Combine(trained.Folder, "README.md"));
        Assert.Contains("predicts a number", card, StringComparison.Ordinal);
        Assert.Contains("R² ", card, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_a_table_is_learned_by_name_and_has_a_unit()
    {
        Patients("patients.csv");
        var place = folder.File("pressure");
        var said = CliRun.Successful(
            "train", "--data", folder.File("patients.csv"), "--label-column", "pressure", "--regression", "--unit", "mmHg", "--out", place,
            "--steps", "150", "--width", "32", "--depth", "1", "--rate", "0.004", "--threads", "2").Out;
        Assert.Contains("mean absolute error ", said, StringComparison.Ordinal);
        Assert.Contains("mmHg", said, StringComparison.Ordinal);
        Assert.Contains("predicts", CliRun.Successful("info", place).Out, StringComparison.Ordinal);
        var answer = CliRun.Successful("run", folder.File("patients.csv") + "#0", "--model", place, "--label-column", "pressure").Out;
        Assert.Matches(@"\d mmHg", answer);
        Assert.Contains("pressure", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("%", answer, StringComparison.Ordinal);
        var all = CliRun.Successful("run", folder.File("patients.csv"), "--model", place, "--label-column", "pressure").Out;
        Assert.Contains("mean absolute error: ", all, StringComparison.Ordinal);

        Assert.Matches(
            "(raised|lowered) by ",
            CliRun.Successful(
                "explain", folder.File("patients.csv") + "#0", "--model", place, "--label-column", "pressure", "--out",
                folder.File("why.png")).Out);

        // What the pressure is made of is what it is explained by.
        var why = JsonNode.Parse(CliRun.Successful(
            "explain", folder.File("patients.csv") + "#0", "--model", place, "--label-column", "pressure", "--method", "input-x-gradient",
            "--out", folder.File("second.png"), "--json").Out)!;
        var target = why["target"]!;
        Assert.Equal("pressure", (string?)target["label"]);
        Assert.Equal("mmHg", (string?)target["unit"]);
        Assert.InRange((double)target["value"]!, 60, 220);
        var measured = CliRun.Successful(
            "evaluate", "series", "perturbation", "--data", folder.File("patients.csv"), "--label-column", "pressure", "--model", place,
            "--method", "input-x-gradient", "--cases", "20", "--out", folder.File("measured")).Out;
        Assert.Contains("input-x-gradient", measured, StringComparison.Ordinal);
    }

    [Fact]
    public void Cases_without_a_label_are_left_out_and_said_so()
    {
        folder.Write("gaps.csv", "a,b,label\n1,2,7\n2,3,\n3,4,9\n4,5,7\n5,6,?\n6,7,8\n");
        var trained = Train(Small with { Data = folder.File("gaps.csv"), PredictsNumber = true, Steps = 2, Architecture = "mamba" });
        Assert.Contains("gaps.csv: 2 cases without a label are left out", trained.Remarks);
        Assert.Contains("| all | 3 | 1 |", File.ReadAllText(Path.Combine(trained.Folder, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradient_of_the_squared_error_is_what_finite_differences_say()
    {
        float[] outputs = [0.5f, -1.25f, 2];
        var cases = new LabelledSeries([[0], [0], [0]], [0, 0, 0], 1, isShifted: false) { Targets = [1, 0.25f, -0.5f] };
        DrawnCase[] drawn = [new(2, null), new(0, null), new(1, null)];
        var (objective, gradient, unused) = (new NumberObjective(), new float[3], new float[3]);
        var loss = objective.Evaluate(outputs, drawn, cases, gradient);
        Assert.Equal((1 + (2.25 * 2.25) + (1.75 * 1.75)) / 3, loss, 1e-12);
        for (var i = 0; i < outputs.Length; i++)
        {
            const float Step = 1f / 128;
            outputs[i] += Step;
            var above = objective.Evaluate(outputs, drawn, cases, unused);
            outputs[i] -= 2 * Step;
            var below = objective.Evaluate(outputs, drawn, cases, unused);
            outputs[i] += Step;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-6);
        }
    }

    [Fact]
    public void R2_is_one_of_the_truth_and_zero_of_its_mean()
    {
        var number = new PredictedNumber("height", 100, 10);
        float[] truth = [-1, 0, 1, 2];
        Assert.Equal(1, RegressionFigures.Of(truth, truth, number).R2.Mean, 1e-12);
        var mean = RegressionFigures.Of([0.5f, 0.5f, 0.5f, 0.5f], truth, number);
        Assert.Equal(0, mean.R2.Mean, 1e-12);
        Assert.Equal(10, mean.MeanAbsoluteError.Mean, 1e-12);
        Assert.Equal(10, mean.MeanAbsoluteErrorOfMean, 1e-12);
        Assert.Equal(Math.Sqrt(1.25) * 10, mean.RootMeanSquareError.Mean, 1e-9);
    }

    [Fact]
    public void What_cannot_be_learned_is_refused_in_one_line()
    {
        folder.Write("words.csv", "a,b,label\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n");
        Refused(new() { Data = folder.File("words.csv"), PredictsNumber = true }, "case 0", "label x", "a number");
        folder.Write("same.csv", "a,b,label\n1,2,7\n2,3,7\n3,4,7\n4,5,7\n");
        Refused(new() { Data = folder.File("same.csv"), PredictsNumber = true }, "are 7", "nothing to predict");
        folder.Write("gap.csv", "a,b,label\n1,2,\n2,3,\n");
        Refused(new() { Data = folder.File("gap.csv"), PredictsNumber = true }, "case 0", "no label");
        Refused(new() { Data = folder.File("words.csv"), NumberUnit = "kg" }, "--unit", "--regression");
        Refused(new() { Data = folder.File("gap.csv"), PredictsNumber = true, ClassNames = ["a"] }, "--classes");
        Refused(new() { Data = "shapes:20", PredictsNumber = true }, "--regression", "pictures");
        Patients("patients.csv", cases: 150);
        Refused(new() { Data = folder.File("patients.csv"), LabelColumn = "pressure" }, "--regression");
    }

    private static TrainingSettings Small => new()
    {
        Data = "",
        Width = 32,
        Depth = 2,
        Steps = 150,
        BatchSize = 16,
        LearningRate = 4e-3,
        Patience = 1000,
    };

    private TrainedModel Train(TrainingSettings settings) => ModelTraining.Run(
        settings, folder.File("model-" + settings.Architecture), new() { Threads = 2 },
        cancellation: TestContext.Current.CancellationToken);

    private void Refused(TrainingSettings settings, params string[] words)
    {
        var error = Assert.Throws<BadInputException>(() => ModelTraining.Run(
            settings, folder.File("refused"), cancellation: TestContext.Current.CancellationToken));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    // 100 and ten times the height of a bump somewhere in noise.
    private void Bumps(string file, int cases, int seed)
    {
        var random = new Random(seed);
        folder.Write(file, string.Join('\n', Enumerable.Range(0, cases).Select(_ =>
        {
            var (at, height) = (random.Next(4, 20), (4 * random.NextDouble()) - 2);
            var values = Enumerable.Range(0, 24)
                .Select(t => (height * Math.Exp(-(t - at) * (t - at) / 4.0)) + (0.05 * random.NextDouble()));
            return string.Join(',', values.Select(value => value.ToString("F4", CultureInfo.InvariantCulture)))
                + string.Create(CultureInfo.InvariantCulture, $":{100 + (10 * height):F3}");
        }).Prepend("@problemName bumps\n@timeStamps false\n@univariate true\n@targetLabel true\n@data")));
    }

    private void Patients(string file, int cases = 120)
    {
        var random = new Random(4);
        folder.Write(file, string.Join('\n', Enumerable.Range(0, cases).Select(_ =>
        {
            var (age, weight, luck) = (20 + (60 * random.NextDouble()), 50 + (50 * random.NextDouble()), random.NextDouble());
            return string.Create(CultureInfo.InvariantCulture, $"{age:F2},{weight:F2},{luck:F3},{80 + age + (0.2 * weight):F3}");
        }).Prepend("age,weight,luck,pressure")));
    }
}
