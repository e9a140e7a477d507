using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>Trains a language model that reads bytes on a task.</summary>
internal sealed class LanguageTraining : LoggedTraining
{
    private readonly LanguageTrainingSettings settings;
    private readonly ILanguageTask task;
    private readonly string modelFolder;
    private readonly ILanguageModel model;
    private readonly LanguageGradients gradients;

    /// <summary>Prepares a run.</summary>
    public LanguageTraining(
        LanguageTrainingSettings settings, ILanguageTask task, string modelFolder, string runName, int threads, TextWriter log)
        : this(settings, task, settings.Create(RandomWeights.Source(settings.Seed)), modelFolder, runName, threads, log) { }

    private LanguageTraining(
        LanguageTrainingSettings settings, ILanguageTask task, ILanguageModel model, string modelFolder, string runName,
        int threads, TextWriter log)
        : this(settings, task, model, new LanguageGradients(model, task.WindowLength), modelFolder, runName, threads, log) { }

    private LanguageTraining(
        LanguageTrainingSettings settings, ILanguageTask task, ILanguageModel model, LanguageGradients gradients,
        string modelFolder, string runName, int threads, TextWriter log)
        : base(settings, model, gradients.Gradient, runName, new(threads), log)
        => (this.settings, this.task, this.model, this.gradients, this.modelFolder) = (settings, task, model, gradients, modelFolder);

    /// <inheritdoc/>
    protected override TimeSpan ValidateEvery => TimeSpan.FromMinutes(1.5);

    /// <inheritdoc/>
    protected override (string Name, int PerStep) Unit => ("bytes", settings.BatchSize * task.WindowLength);

    /// <summary>The score of the weights in the model folder, as they ship.</summary>
    public static double Test(Workers workers, ILanguageTask task, string modelFolder, TextWriter log)
    {
        using var shipped = TextModel.Open(Path.GetFullPath(modelFolder), threads: 1);
        var score = task.Score(workers, shipped.Model);
        log.WriteLine(task.Words(score));
        return score;
    }

    /// <inheritdoc/>
    protected override double Gradients(long step)
        => gradients.Run(Workers, task.Draw(RandomOf(step), settings.BatchSize, (double)step / settings.Steps));

    /// <inheritdoc/>
    protected override double Score() => task.Score(Workers, model);

    /// <inheritdoc/>
    protected override string Words(double score) => task.Words(score);

    /// <inheritdoc/>
    protected override string Write()
    {
        LanguageModelFolder.Write(modelFolder, model);
        return modelFolder;
    }

    /// <inheritdoc/>
    protected override void TestShipped()
    {
        Log.Write("weights as written: ");
        Test(Workers, task, modelFolder, Log);
    }

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
