using Mambascope.Evaluation;
using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Trains a picture model on fashion scenes: every batch is new scenes; validated on others.</summary>
public sealed class SceneTraining : TrainingRun
{
    private const int ValidationScenes = 2000;
    private const int TestScenes = 10_000;

    private readonly SceneTrainingSettings settings;
    private readonly string modelFolder;
    private readonly FashionScenes train;
    private readonly FashionScenes validation;
    private readonly IVisionModel model;
    private readonly SceneGradients gradients;
    private readonly SceneBatch batch;

    /// <summary>Prepares a run.</summary>
    public SceneTraining(SceneTrainingSettings settings, string dataFolder, string modelFolder, string runName, int threads, TextWriter log)
        : this(settings, settings.Create(RandomWeights.Source(settings.Seed)), dataFolder, modelFolder, runName, threads, log) { }

    private SceneTraining(
        SceneTrainingSettings settings, IVisionModel model, string dataFolder, string modelFolder, string runName,
        int threads, TextWriter log)
        : this(settings, model, new SceneGradients(model), dataFolder, modelFolder, runName, threads, log) { }

    private SceneTraining(
        SceneTrainingSettings settings, IVisionModel model, SceneGradients gradients, string dataFolder,
        string modelFolder, string runName, int threads, TextWriter log)
        : base(settings, model, gradients.Gradient, runName, new(threads), log)
    {
        this.settings = settings;
        this.model = model;
        this.gradients = gradients;
        this.modelFolder = modelFolder;
        batch = new(settings.BatchSize);
        var garments = FashionMnist.Train(dataFolder);
        train = FashionScenes.Train(garments, (ulong)settings.Seed, settings.Style);
        validation = FashionScenes.Validation(garments, (ulong)settings.Seed, settings.Style);
    }

    /// <inheritdoc/>
    protected override TimeSpan ValidateEvery => TimeSpan.FromMinutes(6);

    /// <inheritdoc/>
    protected override (string Name, int PerStep) Unit => ("images", settings.BatchSize);

    /// <summary>Accuracy of the weights in the model folder, as they ship, on the test scenes.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="modelFolder">The model.</param>
    /// <param name="style">How the scenes are painted.</param>
    /// <param name="log">Told the accuracy.</param>
    public static WilsonInterval Test(Workers workers, string modelFolder, SceneStyle style, TextWriter log)
    {
        using var shipped = ImageClassifier.Open(Path.GetFullPath(modelFolder), new() { Threads = 1 });
        var right = Accuracy.CountRight(workers, shipped.Model, FashionScenes.Test(style: style), TestScenes);
        var interval = WilsonInterval.Of(right, TestScenes);
        log.WriteLine(
            $"test accuracy {100 * interval.Rate:F2} % (95 % interval {100 * interval.Lower:F2} to {100 * interval.Upper:F2}) on "
                + $"{TestScenes} fresh scenes of test garments");
        return interval;
    }

    /// <inheritdoc/>
    protected override double Gradients(long step)
    {
        batch.Fill(Workers, train, step * settings.BatchSize);
        return gradients.Run(Workers, batch.Pixels, batch.Labels, settings.LabelSmoothing, DropPath(step));
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
    protected override void TestShipped() => Test(Workers, modelFolder, settings.Style, Log);

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            gradients.Dispose();
        }

        base.Dispose(isDisposing);
    }

    // A factor per residual branch and item: 0 with the branch's drop rate, else 1 / (1 - rate).
    private float[][] DropPath(long step)
    {
        var random = RandomOf(step);
        return [.. Enumerable.Range(0, model.Branches).Select(branch =>
        {
            var rate = settings.DropPath * branch / Math.Max(1, model.Branches - 1);
            return Enumerable.Range(0, settings.BatchSize).Select(_ => random.NextDouble() < rate ? 0 : (float)(1 / (1 - rate))).ToArray();
        })];
    }
}
