using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tests.Training.Data;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>From data to a model folder, stopped and resumed.</summary>
public sealed class ModelTrainingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    private static TrainingSettings Small => new()
    {
        Data = "shapes:400",
        Architecture = "vim",
        PatchSize = 7,
        Width = 16,
        Depth = 2,
        Steps = 40,
        BatchSize = 16,
        DropPath = 0.1,
        Patience = 1000,
        ClassWeights = ClassWeighting.Balanced,
        Changes = PictureChanges.Shift | PictureChanges.Turn | PictureChanges.Contrast | PictureChanges.Flip,
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("vim", 7, 32, 2)]
    [InlineData("vit", 7, 32, 2)]
    [InlineData("vmamba", 4, 16, 2)]
    public void Every_architecture_learns_shapes_and_its_folder_explains_them(string architecture, int patch, int width, int depth)
    {
        var model = Path.Combine(folder, architecture);
        var trained = ModelTraining.Run(
            new()
            {
                Data = "shapes:1000",
                Architecture = architecture,
                PatchSize = patch,
                Width = width,
                Depth = depth,
                Steps = 250,
                BatchSize = 32,
                LearningRate = 4e-3,
                Patience = 1000,
            },
            model,
            new() { Threads = 2 },
            cancellation: TestContext.Current.CancellationToken);
        var test = Assert.IsType<ClassificationFigures>(trained.Test);
        TestContext.Current.TestOutputHelper?.WriteLine(test.Words);
        Assert.True(test.Accuracy.Lower > 0.3, $"{test.Accuracy}"); // 0.25 is chance
        Assert.True(test.Auc.Lower > 0.55, $"{test.Auc}");
        Assert.Equal(500, trained.Test.Count);
        Assert.Equal(500, test.Confusion.Sum(row => row.Sum()));

        using var opened = ImageClassifier.Open(model);
        Assert.Equal("triangle", opened.Label(2));
        using var run = opened.Run(DatasetSpecification.Open("shapes:test:1").Read(0).Image);
        Assert.Contains(run.Explain("attribution").Values, value => value != 0);
        Assert.Equal(
            ["README.md", "config.json", "model.safetensors", "preprocessor_config.json"],
            Directory.GetFileSystemEntries(model).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var card = File.ReadAllText(Path.Combine(model, "README.md"));
        Assert.Contains($"Accuracy **{100 * test.Accuracy.Rate:0.0} %**", card, StringComparison.Ordinal);
        Assert.Contains("`shapes:1000`", card, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_is_stopped_again_and_again_ends_with_the_same_bytes()
    {
        var (whole, pieces) = (Path.Combine(folder, "whole"), Path.Combine(folder, "pieces"));
        var expected = ModelTraining.Run(Small, whole, new() { Threads = 2 }, cancellation: TestContext.Current.CancellationToken);

        var stops = 0;
        TrainedModel? found = null;
        while (found is null)
        {
            using var stop = new CancellationTokenSource();
            var stopper = new Stopper(stop, after: 3); // reports come with every validation, of which there are ten
            try
            {
                found = stops == 0
                    ? ModelTraining.Run(Small, pieces, new() { Threads = 1 }, stopper, stop.Token)
                    : ModelTraining.Resume(pieces, new() { Threads = 3 }, stopper, stop.Token);
            }
            catch (OperationCanceledException)
            {
                stops++;
                Assert.Equal(["training"], Directory.GetFileSystemEntries(pieces).Select(Path.GetFileName));
            }
        }

        Assert.InRange(stops, 2, 5);
        Assert.Equal(expected.BestStep, found.BestStep);
        Assert.Equal(expected.Temperature, found.Temperature);
        foreach (var file in new[] { "model.safetensors", "config.json", "preprocessor_config.json" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(pieces, file)));
        }
    }

    [Fact]
    public void Time_ends_a_training_with_the_best_weights_so_far()
    {
        var model = Path.Combine(folder, "model");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => ModelTraining.Run(Small, model, new() { Threads = 2 }, new Stopper(stop, after: 3), stop.Token));
        var trained = ModelTraining.Resume(
            model, new() { Threads = 2, Time = TimeSpan.Zero }, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(trained.Steps, 1, 39);
        Assert.InRange(trained.BestStep, 1, trained.Steps);
        using var opened = ImageClassifier.Open(model);
        Assert.Equal(4, opened.Model.Classes);
    }

    [Fact]
    public void A_time_limit_plans_as_many_steps_as_fit()
    {
        var trained = ModelTraining.Run(
            Small with { Steps = null }, Path.Combine(folder, "model"), new() { Threads = 2, Time = TimeSpan.FromSeconds(1) },
            cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(trained.Steps, 1, 3749); // 150 epochs of 25 steps without a limit
        Assert.InRange(trained.Elapsed.TotalSeconds, 0.01, 20);
    }

    [Fact]
    public void Patience_ends_a_training_that_learns_nothing_more()
    {
        var trained = ModelTraining.Run(
            Small with { LearningRate = 0.05, Steps = 2000, Patience = 1, Changes = PictureChanges.None, DropPath = 0 },
            Path.Combine(folder, "model"),
            new() { Threads = 2 },
            cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(trained.Steps, 25, 1999);
    }

    [Fact]
    public void A_saved_training_whose_data_changed_is_refused()
    {
        var (data, model) = (Path.Combine(folder, "data"), Path.Combine(folder, "model"));
        ShapeFolders.Write(data, 40);
        var options = new TrainingOptions { Threads = 1, Decode = path => ImageFile.Decode(path) };
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => ModelTraining.Run(Small with { Data = data }, model, options, new Stopper(stop, after: 1), stop.Token));
        File.Delete(Directory.GetFiles(Path.Combine(data, "disc"))[0]);
        var error = Assert.Throws<BadInputException>(
            () => ModelTraining.Resume(model, options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("other data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_starts_from_a_model_begins_better_than_one_from_chance()
    {
        var first = Path.Combine(folder, "first");
        var settings = Small with { Steps = 200, LearningRate = 4e-3, Changes = PictureChanges.None };
        var (options, stop) = (new TrainingOptions { Threads = 2 }, TestContext.Current.CancellationToken);
        ModelTraining.Run(settings, first, options, cancellation: stop);
        var few = settings with { Steps = 4 };
        var scratch = ModelTraining.Run(few, Path.Combine(folder, "scratch"), options, cancellation: stop);
        var tuned = ModelTraining.Run(few with { From = first }, Path.Combine(folder, "tuned"), options, cancellation: stop);
        Assert.True(tuned.Test!.Loss < scratch.Test!.Loss, $"{tuned.Test.Loss} against {scratch.Test.Loss}");
        var other = Assert.Throws<BadInputException>(() => ModelTraining.Run(
            few with { From = first, Width = 24 }, Path.Combine(folder, "other"), options, cancellation: stop));
        Assert.Contains("--from", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_are_never_written_over()
    {
        var model = Path.Combine(folder, "model");
        Directory.CreateDirectory(model);
        File.WriteAllText(Path.Combine(model, "mine.txt"), "mine");
        var error = Assert.Throws<BadInputException>(
            () => ModelTraining.Run(Small, model, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("not empty", error.Message, StringComparison.Ordinal);
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(model).Select(Path.GetFileName));
    }

    private sealed class Stopper(CancellationTokenSource stop, int after) : IProgress<TrainingProgress>
    {
        private int reports;

        public void Report(TrainingProgress value)
        {
            Assert.InRange(value.Step, 1, value.Steps);
            if (++reports == after)
            {
                stop.Cancel();
            }
        }
    }
}
