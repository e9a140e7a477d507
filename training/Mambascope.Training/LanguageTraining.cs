using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Trains a byte-level language model on Shakespeare's plays, validated on the part that is held out.</summary>
public sealed class LanguageTraining : TrainingRun
{
    private readonly LanguageTrainingSettings settings;
    private readonly PlayText text;
    private readonly string modelFolder;
    private readonly ILanguageModel model;
    private readonly LanguageGradients gradients;

    /// <summary>Prepares a run.</summary>
    public LanguageTraining(LanguageTrainingSettings settings, string textFile, string modelFolder, string runName, int threads, TextWriter log)
        : this(settings, PlayText.Load(textFile, settings.Context), settings.Create(RandomWeights.Source(settings.Seed)), modelFolder, runName, threads, log) { }

    private LanguageTraining(LanguageTrainingSettings settings, PlayText text, ILanguageModel model, string modelFolder, string runName, int threads, TextWriter log)
        : this(settings, text, model, new LanguageGradients(model), modelFolder, runName, threads, log) { }

    private LanguageTraining(LanguageTrainingSettings settings, PlayText text, ILanguageModel model, LanguageGradients gradients, string modelFolder, string runName, int threads, TextWriter log)
        : base(settings, model, gradients.Gradient, runName, new(threads), log)
        => (this.settings, this.text, this.model, this.gradients, this.modelFolder) = (settings, text, model, gradients, modelFolder);

    /// <inheritdoc/>
    protected override TimeSpan ValidateEvery => TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    protected override (string Name, int PerStep) Unit => ("bytes", settings.BatchSize * settings.Context);

    /// <summary>Bits per byte of the weights in the model folder, as they ship, on the held-out text.</summary>
    public static double Test(Workers workers, string modelFolder, string textFile, int context, TextWriter log)
    {
        var heldOut = PlayText.Load(textFile, context).HeldOut;
        var bits = BitsPerByte.Of(workers, LanguageModelFile.Open(Path.GetFullPath(modelFolder)).Model, heldOut, context);
        log.WriteLine($"held-out text: {bits:F4} bits per byte ({heldOut.Length - 1} bytes in windows of {context})");
        return bits;
    }

    /// <inheritdoc/>
    protected override double Gradients(long step)
    {
        var random = RandomOf(step);
        return gradients.Run(Workers, [.. Enumerable.Range(0, settings.BatchSize).Select(_ => text.Train.Slice(random.Next(text.Train.Length - settings.Context), settings.Context + 1))]);
    }

    // The mean (geometric) probability that the model gave to the byte that came.
    /// <inheritdoc/>
    protected override double Score() => Math.Pow(2, -BitsPerByte.Of(Workers, model, text.HeldOut, settings.Context));

    /// <inheritdoc/>
    protected override string Words(double score) => $"held-out text: {-Math.Log2(score):F4} bits per byte";

    /// <inheritdoc/>
    protected override string Write()
    {
        LanguageModelFolder.Write(modelFolder, model);
        return modelFolder;
    }

    /// <inheritdoc/>
    protected override void TestShipped()
    {
        var bits = BitsPerByte.Of(Workers, LanguageModelFile.Open(Path.GetFullPath(modelFolder)).Model, text.HeldOut, settings.Context);
        Log.WriteLine($"{Words(Math.Pow(2, -bits))} (weights as written)");
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
