using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// A network that has been opened, with what every kind of input needs: where it comes from, threads, memory that is used again from run to
/// run, and names for its answers. <see cref="ImageClassifier"/> adds what pictures need, <see cref="TextModel"/> what text needs,
/// <see cref="SeriesModel"/> what measurements need.
/// The network is read-only; one loaded model may serve several threads.
/// </summary>
public abstract class LoadedModel : IDisposable
{
    private readonly ModelFile file;
    private readonly Workers workers;
    private readonly BufferPool<float> singles = new();
    private bool isDisposed;

    private protected LoadedModel(ModelFile file, int? threads)
    {
        this.file = file;
        workers = new(threads ?? Environment.ProcessorCount);
    }

    /// <summary>Opens a model of whatever kind, by what it reads.</summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <param name="threads">Threads, the caller's included; null for one a processor. Results do not depend on it.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static LoadedModel Open(string model, int? threads = null)
        => ModelInputs.Of(model) switch
        {
            ModelInput.Text => TextModel.Open(model, threads),
            ModelInput.Series => SeriesModel.Open(model, threads),
            _ => ImageClassifier.Open(model, new() { Threads = threads }),
        };

    /// <summary>What was asked for.</summary>
    public ModelSpecification Source => file.Source;

    /// <summary>A short name of the model, for titles.</summary>
    public string Name => Source.Name;

    /// <summary>The weight file; null for random weights.</summary>
    public string? WeightFile => file.WeightFile;

    /// <summary>Name of the set of weights that was taken from the file, where it holds several; null where there is but one.</summary>
    public string? ChosenWeights => file.Weights;

    /// <summary>Names of the other sets of weights in the file; <see cref="ModelChoices.Weights"/> picks one.</summary>
    public IReadOnlyList<string> OtherWeights => file.OtherWeights;

    /// <summary>
    /// What neither the tensors nor a config.json say, so that it was assumed; <see cref="ModelChoices.Config"/> says it.
    /// </summary>
    public IReadOnlyList<Assumption> Assumed => file.Assumed;

    /// <summary>config.json, where there is one.</summary>
    public ConfigFile? Config => file.Config;

    /// <summary>The network.</summary>
    public abstract IModel Model { get; }

    /// <summary>What it reads.</summary>
    public abstract ModelInput Reads { get; }

    /// <summary>The number that it predicts; null of a model that answers with classes or tokens.</summary>
    public virtual PredictedNumber? Number => null;

    /// <summary>The threads that runs share.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public Workers Workers
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return workers;
        }
    }

    /// <summary>What an answer is called: a class's label, or a token as it is shown.</summary>
    public abstract string Label(int index);

    /// <summary>The answer that a user means: a class or token by its index or by its name.</summary>
    /// <exception cref="BadInputException">There is none, or there are several.</exception>
    public abstract int Find(string name);

    /// <summary>The most likely answers by their scores, most likely first.</summary>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    public IReadOnlyList<Prediction> Top<T>(ReadOnlySpan<T> scores, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. Prediction.Of(this, scores).OrderByDescending(answer => answer.Score).ThenBy(answer => answer.Index).Take(count)];

    /// <summary>How likely one answer is, by the scores of all.</summary>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    public Prediction Score<T>(ReadOnlySpan<T> scores, int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Prediction.Of(this, scores)[index];

    /// <summary>Ends the threads. Runs that are there stay, but nothing more can be asked of them.</summary>
    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            workers.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The buffers that runs of one precision share.</summary>
    internal BufferPool<T> Pool<T>()
        where T : unmanaged
        => typeof(T) == typeof(double) ? (BufferPool<T>)(object)singles.Wide : (BufferPool<T>)(object)singles;

    /// <summary>Refuses runs on a text or series that need more memory or time than there is.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tokens">Its length.</param>
    /// <param name="isRecorded">Whether everything is kept, to be explained.</param>
    /// <param name="runs">One after the other.</param>
    /// <param name="mayKeepStreamsOnly">Whether a large record is one of the streams between layers only.</param>
    /// <exception cref="BadInputException">They do; the message says how long a text may be.</exception>
    internal void CheckCost<T>(int tokens, bool isRecorded, double runs = 1, bool mayKeepStreamsOnly = false)
        => RunCost.Check<T>(
            Name, Model, tokens, isRecorded, runs, Workers.Count, file.Choices.HasNoLimit, Reads == ModelInput.Series ? "series" : "text",
            mayKeepStreamsOnly);

    /// <summary>A tape for one run.</summary>
    internal Tape<T> NewTape<T>(bool isRecording, CancellationToken cancellation)
        where T : unmanaged
        => new(Workers, Pool<T>(), isRecording, cancellation);
}
