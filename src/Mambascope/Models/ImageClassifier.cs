using System.Numerics;
using System.Text.Json;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>What may be said when opening a classifier, beside which model.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>Threads, the caller's included; null for one a processor. Results do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>A file with labels (see <see cref="ClassLabels.Read"/>) in place of config.json's.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>
    /// Name of a preprocessing (see <see cref="Preprocessing.Names"/>) in place of the model's own, ImageNet's mean and deviation included.
    /// </summary>
    public string? Preprocessing { get; init; }

    /// <summary>Means in place of the model's own, 1 or one a channel; null keeps them.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>Deviations in place of the model's own, 1 or one a channel; null keeps them.</summary>
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>What is said by hand where the files hold more than one thing, or say less than is needed.</summary>
    public ModelChoices? Choices { get; init; }

    /// <summary>Whether shapes are enough: random weights are not drawn then, and the model can only be described.</summary>
    public bool IsOutline { get; init; }
}

/// <summary>
/// The front door for pictures: a network that reads them together with all it needs to look at one - preprocessing, labels, threads.
/// <code>
/// using var classifier = ImageClassifier.Open("demo-vim");
/// using var run = classifier.Run(ImageFile.Decode("picture.png"));
/// Console.WriteLine(run.Top(1)[0]);
/// var map = run.Explain("attribution");
/// ImageFile.SavePng(HeatMap.Overlay(run.Image, map.Values, map.Rows, map.Columns), "explained.png");
/// </code>
/// The model is read-only; one classifier may serve several threads.
/// </summary>
public sealed class ImageClassifier : LoadedModel
{
    private const int MostPixels = 1 << 14;

    // Raw values of 16 bits, passed without normalisation, are below it.
    private const float LargestPixel = 1e5f;

    private ImageClassifier(ModelFile file, Preprocessing preprocessing, ClassLabels labels, int? threads)
        : base(file, threads)
    {
        Model = (IVisionModel)file.Model;
        Preprocessing = preprocessing;
        Labels = labels;
    }

    /// <inheritdoc/>
    public override IVisionModel Model { get; }

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Pictures;

    /// <summary>From a picture to the network's input.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Where the preprocessing comes from, for people: a file, an option, an assumption.</summary>
    public string PreprocessingSource => Preprocessing.Source;

    /// <summary>What the classes are called.</summary>
    public ClassLabels Labels { get; }

    /// <summary>
    /// Opens a model: a folder with weights and config.json, a weight file (sizes are inferred where there is no config.json beside it),
    /// the name of a shipped model, or <c>random:PRESET[:SEED]</c>.
    /// </summary>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static ImageClassifier Open(string model, ImageClassifierOptions? options = null)
    {
        options ??= new();
        var file = ModelFile.Open(model, ModelInput.Pictures, options.IsOutline, options.Choices);
        var (network, classes) = ((IVisionModel)file.Model, ((IVisionModel)file.Model).Classes);
        var config = file.Source.Beside("config.json") is { } beside ? (Json(beside), beside) : ((JsonElement Json, string Where)?)null;
        var labels = (options.LabelsFile ?? LabelsBeside(file)) is { } path
            ? ClassLabels.Read(path, classes)
            : ClassLabels.Of(LabelsOf(file.Config, config), classes, file.Config?.Path ?? file.Source.Name);
        return new(file, PreprocessingOf(file.Source, config, network, options), labels, options.Threads);
    }

    /// <inheritdoc/>
    public override string Label(int index) => Labels[index];

    /// <inheritdoc/>
    public override int Find(string name) => Labels.Find(name);

    /// <summary>Resizes, crops and normalises a picture for this model.</summary>
    /// <exception cref="BadInputException">The model's preprocessing does not lead to the size that it reads.</exception>
    public PreprocessedImage Preprocess(RgbImage picture)
    {
        var (height, width) = (Model.Grid.ImageHeight, Model.Grid.ImageWidth);
        var image = Preprocessing.Apply(picture);
        return Model.ReadsAnySize || (image.Width == width && image.Height == height)
            ? image
            : throw new BadInputException(
                $"the preprocessing of {Name} ({PreprocessingSource}) makes {image.Width}x{image.Height} of this picture, but the model "
                    + $"reads {width}x{height}; correct preprocessor_config.json, or choose one of "
                    + $"{string.Join(", ", Preprocessing.Names)}");
    }

    /// <summary>
    /// Reads an input that is normalised already: the tensor <c>pixel_values</c>, (channels, height, width) or with a batch of one, of a
    /// safetensors file. The picture in it is reconstructed by undoing the normalisation.
    /// </summary>
    /// <exception cref="BadInputException">No such tensor, another shape, or values that are not finite.</exception>
    public PreprocessedImage ReadPixelValues(string path)
    {
        const string Tensor = "pixel_values";
        var (channels, height, width) = (Model.Grid.Channels, Model.Grid.ImageHeight, Model.Grid.ImageWidth);
        using var file = Checkpoint.Open(path);
        long[] shape = [.. file.Find(Tensor).Shape];
        if (Model.ReadsAnySize && shape is [.., _, > 0 and <= MostPixels, > 0 and <= MostPixels])
        {
            (height, width) = ((int)shape[^2], (int)shape[^1]);
        }

        if (!shape.SequenceEqual([channels, height, width]) && !shape.SequenceEqual([1, channels, height, width]))
        {
            throw new BadInputException(
                $"{path}: {Tensor} has shape ({string.Join(", ", shape)}), but {Name} reads ({channels}, {height}, {width})"
                    + (Model.ReadsAnySize ? " or other heights and widths" : ""));
        }

        var values = file.ReadSingles(Tensor);
        var bad = values.AsSpan().IndexOfAnyExceptInRange(-LargestPixel, LargestPixel);
        return bad < 0
            ? new(Preprocessing.Restore(values, width, height), values, channels)
            : throw new BadInputException(
                float.IsFinite(values[bad])
                    ? $"{path}: {Tensor} holds {values[bad]:G3} at position {bad}; normalised pixels lie within a few units of 0, and "
                        + $"beyond {LargestPixel:G2} single precision no longer tells answers apart"
                    : $"{path}: {Tensor} holds {values[bad]} at position {bad}; every value must be a finite number");
    }

    /// <summary>Preprocesses a picture and runs the model on it, keeping what explanations need.</summary>
    /// <param name="picture">A picture of any size.</param>
    /// <param name="cancellation">Stops the run.</param>
    public ImageRun<float> Run(RgbImage picture, CancellationToken cancellation = default)
        => Run<float>(Preprocess(picture), cancellation: cancellation);

    /// <summary>Runs the model.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="input">From <see cref="Preprocess(RgbImage)"/> or <see cref="ReadPixelValues"/>.</param>
    /// <param name="isRecording">Keep every intermediate quantity, to explain the run; off for the scores alone.</param>
    /// <param name="cancellation">Stops the run, between two operators.</param>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed of.</exception>
    public ImageRun<T> Run<T>(PreprocessedImage input, bool isRecording = true, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = Array.ConvertAll(input.PixelValues, T.CreateTruncating);
        var pixels = Activation<T>.Of(values, 1, Model.Grid.Channels * input.Height, input.Width);
        var tape = NewTape<T>(isRecording, cancellation);
        try
        {
            var run = new ImageRun<T>(this, input, Model.Forward(tape, pixels));
            run.RequireFinite();
            return run;
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    // MedMamba's training code writes its class names beside the weights.
    private static string? LabelsBeside(ModelFile file)
        => file.Config?.Has("id2label") == true ? null : file.Source.Beside("class_indices.json");

    private static IReadOnlyDictionary<int, string> LabelsOf(ConfigFile? file, (JsonElement Json, string Where)? config)
    {
        var named = file?.GetLabels("id2label") ?? new Dictionary<int, string>();
        return named.Count == 0 && config is { } timm ? TimmConfig.Labels(timm.Json, timm.Where) : named;
    }

    private static Preprocessing PreprocessingOf(
        ModelSpecification source, (JsonElement Json, string Where)? config, IVisionModel network, ImageClassifierOptions options)
    {
        var preprocessor =
            source.Beside("preprocessor_config.json") is { } file ? (Json(file), file) : ((JsonElement Json, string Where)?)null;
        var grid = network.Grid;
        var own = PreprocessingConfig.Choose(preprocessor, config, grid.ImageHeight, network.StandardPreprocessing);
        return (options.Preprocessing is { } name ? Preprocessing.FromName(name, grid.ImageHeight) : own)
            .WithChannels(grid.Channels)
            .WithNormalisation(options.Mean, options.StandardDeviation, "given");
    }

    private static JsonElement Json(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                InputFile.ReadAll(path, 1 << 20), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{path} is not valid JSON: {Printable.Reason(error)}", error);
        }
    }
}
