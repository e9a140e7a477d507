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

    /// <summary>Name of a preprocessing (see <see cref="Preprocessing.Names"/>) in place of the model's own.</summary>
    public string? Preprocessing { get; init; }

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
public sealed class ImageClassifier : IDisposable
{
    private ImageClassifier(ModelSpecification source, IVisionModel model, Preprocessing preprocessing, ClassLabels labels, Workers workers)
    {
        Source = source;
        Model = model;
        Preprocessing = preprocessing;
        Labels = labels;
        Workers = workers;
    }

    /// <summary>What was asked for.</summary>
    public ModelSpecification Source { get; }

    /// <summary>A short name of the model, for titles.</summary>
    public string Name => Source.Name;

    /// <summary>The weight file; null for random weights.</summary>
    public string? WeightFile { get; private init; }

    /// <summary>The network.</summary>
    public IVisionModel Model { get; }

    /// <summary>From a picture to the network's input.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Where the preprocessing comes from, for people: a file, or a name.</summary>
    public required string PreprocessingSource { get; init; }

    /// <summary>What the classes are called.</summary>
    public ClassLabels Labels { get; }

    /// <summary>The threads that runs share.</summary>
    public Workers Workers { get; }

    /// <summary>
    /// Opens a model: a folder with weights and config.json, a weight file (sizes are inferred where there is no config.json beside it),
    /// the name of a shipped model, or <c>random:PRESET[:SEED]</c>.
    /// </summary>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static ImageClassifier Open(string model, ImageClassifierOptions? options = null)
    {
        options ??= new();
        var (source, opened, config, weightFile) = ModelFile.Open(model, ModelInput.Pictures, options.IsOutline);
        var network = (IVisionModel)opened;
        var (preprocessing, from) = Preprocess(source, network.Grid, options.Preprocessing);
        var labels = options.LabelsFile is { } file
            ? ClassLabels.Read(file, network.Classes)
            : ClassLabels.Of(config?.GetLabels("id2label") ?? new Dictionary<int, string>(), network.Classes, config?.Path ?? source.Name);
        return new(source, network, preprocessing, labels, new Workers(options.Threads ?? Environment.ProcessorCount))
        {
            WeightFile = weightFile,
            PreprocessingSource = from,
        };
    }

    /// <summary>Resizes, crops and normalises a picture for this model.</summary>
    /// <exception cref="BadInputException">The model's preprocessing does not lead to the size that it reads.</exception>
    public PreprocessedImage Preprocess(RgbImage picture)
    {
        var side = Model.Grid.ImageHeight;
        var image = Preprocessing.Apply(picture);
        return image.Width == side && image.Height == side
            ? image
            : throw new BadInputException($"the preprocessing of {Name} ({PreprocessingSource}) makes {image.Width}x{image.Height} of this picture, but the model reads {side}x{side}; correct preprocessor_config.json, or choose one of {string.Join(", ", Preprocessing.Names)}");
    }

    /// <summary>
    /// Reads an input that is normalised already: the tensor <c>pixel_values</c>, (channels, height, width) or with a batch of one, of a
    /// safetensors file. The picture in it is reconstructed by undoing the normalisation.
    /// </summary>
    /// <exception cref="BadInputException">No such tensor, another shape, or values that are not finite.</exception>
    public PreprocessedImage ReadPixelValues(string path)
    {
        const string Tensor = "pixel_values";
        var (channels, side) = (Model.Grid.Channels, Model.Grid.ImageHeight);
        using var file = Checkpoint.Open(path);
        var shape = file.Find(Tensor).Shape;
        if (!shape.SequenceEqual([channels, side, side]) && !shape.SequenceEqual([1, channels, side, side]))
        {
            throw new BadInputException($"{path}: {Tensor} has shape ({string.Join(", ", shape)}), but {Name} reads ({channels}, {side}, {side})");
        }

        var values = file.ReadSingles(Tensor);
        var bad = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        return bad < 0
            ? new(Preprocessing.Restore(values, side, side), values, channels)
            : throw new BadInputException($"{path}: {Tensor} holds {values[bad]} at position {bad}; every value must be a finite number");
    }

    /// <summary>Preprocesses a picture and runs the model on it, keeping what explanations need.</summary>
    public ImageRun<float> Run(RgbImage picture) => Run<float>(Preprocess(picture));

    /// <summary>Runs the model.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="input">From <see cref="Preprocess(RgbImage)"/> or <see cref="ReadPixelValues"/>.</param>
    /// <param name="isRecording">Keep every intermediate quantity, to explain the run; off for the scores alone.</param>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    public ImageRun<T> Run<T>(PreprocessedImage input, bool isRecording = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (channels, side) = (Model.Grid.Channels, Model.Grid.ImageHeight);
        var pixels = Activation<T>.Of(Array.ConvertAll(input.PixelValues, T.CreateTruncating), 1, channels * side, side);
        var tape = new Tape<T>(Workers, new BufferPool<T>(), isRecording);
        try
        {
            var trace = Model.Forward(tape, pixels);
            return trace.Logits.Data.ToArray().All(T.IsFinite)
                ? new(this, input, trace)
                : throw new BadInputException($"the scores of {Name} for this input are not finite numbers: its weights do not fit {typeof(T).Name.ToLowerInvariant()} arithmetic or are damaged");
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => Workers.Dispose();

    private static (Preprocessing Preprocessing, string From) Preprocess(ModelSpecification source, PatchGrid grid, string? name)
    {
        if (name is not null)
        {
            return (Preprocessing.FromName(name, grid.ImageHeight).WithChannels(grid.Channels), name);
        }

        if (source.Beside("preprocessor_config.json") is { } file)
        {
            return (PreprocessingConfig.Read(Json(file), file).WithChannels(grid.Channels), "preprocessor_config.json");
        }

        return (Preprocessing.Resize256Crop224(grid.ImageHeight).WithChannels(grid.Channels), Preprocessing.Names[0]);
    }

    private static JsonElement Json(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(InputFile.ReadAll(path, 1 << 20), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{path} is not valid JSON: {Printable.Reason(error)}", error);
        }
    }
}
