using System.Globalization;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>Time series and tables, from files to models.</summary>
public sealed class MeasuredTrainingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("mamba")]
    [InlineData("transformer")]
    public void Series_with_a_bump_early_or_late_are_told_apart(string architecture)
    {
        Bumps("bumps_TRAIN.ts", cases: 60, seed: 1);
        Bumps("bumps_TEST.ts", cases: 40, seed: 2);
        var trained = Train("bumps_TRAIN.ts", architecture);
        Assert.Equal(40, trained.Test!.Count);
        Assert.True(((ClassificationFigures)trained.Test).Accuracy.Lower > 0.6, $"{trained.Test}");

        using var model = SeriesModel.Open(trained.Folder);
        Assert.Equal("late", model.Label(1));
        using var run = model.Run(model.Read(Path.Combine(folder, "bumps_TEST.ts")).Cases[0]);
        Assert.Equal(24, run.Explain("attribution").Values.Length);
        Assert.Contains(
            "series of 24 steps, 1 channel", File.ReadAllText(Path.Combine(trained.Folder, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_table_are_told_apart()
    {
        var random = new Random(4);
        File.WriteAllLines(
            Path.Combine(folder, "flowers.csv"),
            Enumerable.Range(0, 120).Select(i => (Label: i % 2 == 0 ? "rose" : "oak", Height: (i % 2 * 4) + random.NextDouble()))
                .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Height:F3},{random.NextDouble():F3},{row.Label}"))
                .Prepend("height,age,label"));
        var trained = Train("flowers.csv", "mamba");
        Assert.Null(trained.Test);
        Assert.True(((ClassificationFigures)trained.Validation).Accuracy.Lower > 0.6, $"{trained.Validation}");
        using var model = SeriesModel.Open(trained.Folder);
        Assert.Equal(["height", "age"], model.Model.Format.Variables.Select(variable => variable.Name));
    }

    [Fact]
    public void Series_of_unequal_lengths_are_learned_one_at_a_time()
    {
        Bumps("bumps.ts", cases: 30, seed: 1, isUnequal: true);
        var trained = Train("bumps.ts", "mamba", steps: 10);
        Assert.Contains("16 to 24 steps", File.ReadAllText(Path.Combine(trained.Folder, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Motifs_need_no_file()
    {
        var trained = ModelTraining.Run(
            new()
            {
                Data = "motifs:60",
                Width = 16,
                Depth = 1,
                PatchSize = 8,
                Steps = 10,
            },
            Name("motifs"),
            new() { Threads = 2 },
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(500, trained.Test!.Count);
        Assert.Equal(4, ((ClassificationFigures)trained.Test).Confusion.Count);
        Refused(new() { Data = "motifs:60:test" }, "motifs:COUNT:train");
    }

    [Fact]
    public void What_cannot_be_learned_is_refused_in_one_line()
    {
        Bumps("bumps.ts", cases: 30, seed: 1);
        Refused(new() { Data = Name("bumps.ts"), Architecture = "vim" }, "vim", "mamba, transformer");
        Refused(new() { Data = Name("bumps.ts"), Size = 28 }, "--size");
        Refused(new() { Data = Name("bumps.ts"), Changes = PictureChanges.Flip }, "--augment", "shift");
        Refused(new() { Data = Name("bumps.ts"), ClassNames = ["one"] }, "2 classes", "1 names");
        Refused(new() { Data = Name("absent.ts") }, "absent.ts", "not found");
        File.WriteAllText(Name("one.csv"), "a,b,label\n1,2,x\n2,3,x\n");
        Refused(new() { Data = Name("one.csv") }, "two classes or more");
    }

    private string Name(string file) => Path.Combine(folder, file);

    private TrainedModel Train(string file, string architecture, int steps = 120) => ModelTraining.Run(
        new()
        {
            Data = Name(file),
            Architecture = architecture,
            Width = 32,
            Depth = 2,
            Steps = steps,
            BatchSize = 16,
            LearningRate = 4e-3,
            Patience = 1000,
        },
        Path.Combine(folder, "model-" + architecture),
        new() { Threads = 2 },
        cancellation: TestContext.Current.CancellationToken);

    private void Refused(TrainingSettings settings, params string[] words)
    {
        var message = Assert.Throws<BadInputException>(
            () => ModelTraining.Run(settings, Name("model"), cancellation: TestContext.Current.CancellationToken)).Message;
        Assert.DoesNotContain('\n', message);
        foreach (var word in words)
        {
            Assert.Contains(word, message, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Path.Combine(Name("model"), "training")));
    }

    // Noise with a bump in the first third or in the last.
    private void Bumps(string file, int cases, int seed, bool isUnequal = false)
    {
        var random = new Random(seed);
        var lines = new List<string>
        {
            "@problemName Bumps", "@timeStamps false", "@univariate true", $"@equalLength {(isUnequal ? "false" : "true")}",
            "@classLabel true early late", "@data",
        };
        for (var i = 0; i < cases; i++)
        {
            var (length, isLate) = (isUnequal ? 16 + (i % 9) : 24, i % 2 == 1);
            var start = isLate ? length - 7 + random.Next(3) : random.Next(3);
            var values = Enumerable.Range(0, length).Select(t =>
                (0.3 * (random.NextDouble() - 0.5) + (t >= start && t < start + 4 ? 2 : 0)).ToString("F3", CultureInfo.InvariantCulture));
            lines.Add($"{string.Join(',', values)}:{(isLate ? "late" : "early")}");
        }

        File.WriteAllLines(Name(file), lines);
    }
}
