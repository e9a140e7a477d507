using System.Numerics;
using Mambascope.Inputs.Series;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// The front door for measurements: a network that reads time series or rows of a table, with labels, standardisation and threads.
/// <code>
/// using var model = SeriesModel.Open("my-model");
/// var data = model.Read("measurements.csv");
/// using var run = model.Run(data.Cases[0]);
/// Console.WriteLine(run.Top(1)[0]);
/// var map = run.Explain("mamba-lrp");
/// </code>
/// The model is read-only; one series model may serve several threads.
/// </summary>
public sealed class SeriesModel : LoadedModel
{
    private SeriesModel(ModelFile file, ClassLabels labels, int? threads)
        : base(file, threads)
    {
        Model = (ISeriesModel)file.Model;
        Labels = labels;
    }

    /// <inheritdoc/>
    public override ISeriesModel Model { get; }

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Series;

    /// <inheritdoc/>
    public override PredictedNumber? Number => Model.Number;

    /// <summary>What the classes are called; of a predicted number its name.</summary>
    public ClassLabels Labels { get; }

    /// <summary>Opens a model: a folder with weights and config.json, a weight file, or <c>random:PRESET[:SEED]</c>.</summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <param name="threads">Threads, the caller's included; null for one a processor. Results do not depend on it.</param>
    /// <param name="isOutline">Whether shapes are enough: random weights are not drawn then, and the model can only be described.</param>
    /// <param name="choices">What is said by hand.</param>
    /// <param name="labelsFile">A file with labels (see <see cref="ClassLabels.Read"/>) in place of config.json's.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static SeriesModel Open(
        string model, int? threads = null, bool isOutline = false, ModelChoices? choices = null, string? labelsFile = null)
    {
        var file = ModelFile.Open(model, ModelInput.Series, isOutline, choices);
        var (classes, number) = (((ISeriesModel)file.Model).Classes, ((ISeriesModel)file.Model).Number);
        var labels = number is not null
            ? ClassLabels.Of(new Dictionary<int, string> { [0] = number.Name }, classes, model)
            : labelsFile is not null
            ? ClassLabels.Read(labelsFile, classes)
            : ClassLabels.Of(file.Config?.GetLabels("id2label") ?? new Dictionary<int, string>(), classes, file.Config?.Path ?? model);
        return new(file, labels, threads);
    }

    /// <inheritdoc/>
    public override string Label(int index) => Labels[index];

    /// <inheritdoc/>
    public override int Find(string name) => Labels.Find(name);

    /// <summary>Reads a file of cases as this model wants them; see <see cref="SeriesFile.Read"/>.</summary>
    /// <exception cref="BadInputException">Missing, damaged, or with other channels or columns than the model reads.</exception>
    public SeriesData Read(string path, SeriesFileOptions? options = null)
        => SeriesFile.Read(path, (options ?? new()) with { Format = Model.Format });

    /// <summary>Runs the model on a case, keeping what explanations need.</summary>
    public SeriesRun<float> Run(SeriesCase one, CancellationToken cancellation = default)
        => Run<float>(one, cancellation: cancellation);

    /// <summary>Runs the model.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="one">A case, as it was measured.</param>
    /// <param name="isRecording">Keep every intermediate quantity, to explain the run; off for the scores alone.</param>
    /// <param name="cancellation">Stops the run, between two operators.</param>
    /// <exception cref="BadInputException">Other channels than the model reads, or too long; the scores are not finite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public SeriesRun<T> Run<T>(SeriesCase one, bool isRecording = true, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(one);
        CheckCost<T>(Model.Tokens(one.Length), isRecording);
        var values = Array.ConvertAll(Model.Scale.Apply(one), T.CreateTruncating);
        var tape = NewTape<T>(isRecording, cancellation);
        try
        {
            var run = new SeriesRun<T>(this, one, Model.Forward(tape, Activation<T>.Of(values, 1, one.Length, one.Width)));
            run.RequireFinite();
            return run;
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }
}
