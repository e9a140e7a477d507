using Mambascope.Evaluation;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>Trains a picture model on fashion scenes: every batch is new scenes; validated on others.</summary>
internal sealed class SceneTraining : LoggedTraining
{
    private const int ValidationScenes = 2000;
    private const int MicroBatch = 4;

    private readonly SceneTrainingSettings settings;
    private readonly string dataFolder;
    private readonly string modelFolder;
    private readonly SceneStream train;
    private readonly SceneStream validation;
    private readonly IVisionModel model;
    private readonly CaseGradients gradients;
    private readonly SceneBatch batch;

    /// <summary>Prepares a run.</summary>
    public SceneTraining(SceneTrainingSettings settings, string dataFolder, string modelFolder, string runName, int threads, TextWriter log)
        : this(settings, settings.Create(RandomWeights.Source(settings.Seed)), dataFolder, modelFolder, runName, threads, log) { }

    private SceneTraining(
        SceneTrainingSettings settings, IVisionModel model, string dataFolder, string modelFolder, string runName,
        int threads, TextWriter log)
        : this(settings, model, new CaseGradients(model, MicroBatch), dataFolder, modelFolder, runName, threads, log) { }

    private SceneTraining(
        SceneTrainingSettings settings, IVisionModel model, CaseGradients gradients, string dataFolder,
        string modelFolder, string runName, int threads, TextWriter log)
        : base(settings, model, gradients.Gradient, runName, new(threads), log)
    {
        this.settings = settings;
        this.model = model;
        this.gradients = gradients;
        (this.dataFolder, this.modelFolder) = (dataFolder, modelFolder);
        batch = new(settings.BatchSize);
        (train, validation) = (settings.TrainingScenes(dataFolder), settings.ValidationScenes(dataFolder));
    }

    /// <inheritdoc/>
    protected override TimeSpan ValidateEvery => TimeSpan.FromMinutes(6);

    /// <inheritdoc/>
    protected override (string Name, int PerStep) Unit => ("images", settings.BatchSize);

    /// <summary>Accuracy of the weights in the model folder, as they ship, on what their recipe is measured on.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="modelFolder">The model.</param>
    /// <param name="tests">The scenes.</param>
    /// <param name="log">Told the accuracy.</param>
    public static void Test(Workers workers, string modelFolder, IEnumerable<SceneTest> tests, TextWriter log)
    {
        using var shipped = ImageClassifier.Open(Path.GetFullPath(modelFolder), new() { Threads = 1 });
        foreach (var test in tests)
        {
            var right = Accuracy.CountRight(workers, shipped.Model, test.Scenes, test.Count);
            var interval = WilsonInterval.Of(right, test.Count);
            log.WriteLine(
                $"test accuracy {100 * interval.Rate:F2} % (95 % interval {100 * interval.Lower:F2} to {100 * interval.Upper:F2}) on "
                    + $"{test.Count} {test.Words}");
        }
    }

    /// <inheritdoc/>
    protected override double Gradients(long step)
    {
        batch.Fill(Workers, train, step * settings.BatchSize);
        var dropPath = DropPath(step, settings.DropPath);
        return gradients.Run(
            Workers,
            (tape, first, count) => model.Forward(
                tape, batch.Pixels.Items(first, count), branch => dropPath[branch][first..(first + count)]).Logits,
            batch.Labels,
            settings.LabelSmoothing);
    }

    /// <inheritdoc/>
    protected override double Score() => (double)Accuracy.CountRight(Workers, model, validation, ValidationScenes) / ValidationScenes;

    /// <inheritdoc/>
    protected override string Words(double score) => $"validation accuracy {100 * score:F2} % of {ValidationScenes} scenes";

    /// <inheritdoc/>
    protected override string Write()
    {
        ModelFolder.Write(modelFolder, model);
        return modelFolder;
    }

    /// <inheritdoc/>
    protected override void TestShipped() => Test(Workers, modelFolder, settings.Tests(dataFolder), Log);

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            gradients.Dispose();
        }

        base.Dispose(isDisposing);
    }
}
