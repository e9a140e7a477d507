using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>An input that a model is asked about, as the model reads it.</summary>
/// <param name="Name">What it is called in titles.</param>
/// <param name="InFull">What it is, in full, for machines.</param>
public abstract record Subject(string Name, string InFull)
{
    /// <summary>Runs a model of the kind that reads such an input, keeping what explanations by one thread need.</summary>
    internal abstract Run<T> Run<T>(LoadedModel model, int? token, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The same, and shows every layer while it is in memory.</summary>
    internal virtual Run<T> Run<T>(LoadedModel model, int? token, LayerWatch<T> watch, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var run = Run<T>(model, token, cancellation);
        for (var layer = 0; layer < run.Trace.Layers.Count; layer++)
        {
            watch(layer, run.Trace.Layers[layer], run.Trace.Tape);
        }

        return run;
    }

    /// <summary>A tape for a run that another network of the same size makes of it, to be explained.</summary>
    internal virtual Tape<T> NewTape<T>(LoadedModel model, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => model.NewTape<T>(isRecording: true, cancellation);

    /// <summary>Runs another network of the same kind and size on it.</summary>
    internal abstract Trace<T> Forward<T>(IModel network, Tape<T> tape, int? token)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private protected static ArgumentException Unreadable(LoadedModel model, string what)
        => new($"{model.Name} does not read {what}", nameof(model));
}

/// <summary>A picture.</summary>
/// <param name="File">Where it comes from.</param>
/// <param name="Input">What the model is given.</param>
public sealed record PictureSubject(string File, PreprocessedImage Input) : Subject(Path.GetFileName(File), File)
{
    /// <summary>The whole picture, upright unless it was asked for as stored; null for an input that came as numbers.</summary>
    public RgbImage? Original { get; init; }

    /// <summary>What was done or left when the file was read, each in a few words.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal override Run<T> Run<T>(LoadedModel model, int? token, CancellationToken cancellation)
        => model is ImageClassifier classifier ? classifier.Run<T>(Input, cancellation: cancellation) : throw Unreadable(model, "pictures");

    internal override Trace<T> Forward<T>(IModel network, Tape<T> tape, int? token)
        => ((IVisionModel)network).Forward(
            tape,
            Activation<T>.Of(
                Array.ConvertAll(Input.PixelValues, T.CreateTruncating), 1, Input.ChannelCount * Input.Height, Input.Width));
}

/// <summary>A text.</summary>
/// <param name="Name">What it is called in titles.</param>
/// <param name="InFull">What it is, in full, for machines.</param>
/// <param name="Read">As the model reads it.</param>
public sealed record TextSubject(string Name, string InFull, ReadText Read) : Subject(Name, InFull)
{
    /// <summary>How many tokens it has.</summary>
    public int Length => Read.Tokens.Count;

    internal override Run<T> Run<T>(LoadedModel model, int? token, CancellationToken cancellation)
        => Language(model).RunInBounds<T>(Read.Tokens, token, watch: null, cancellation);

    internal override Run<T> Run<T>(LoadedModel model, int? token, LayerWatch<T> watch, CancellationToken cancellation)
        => Language(model).RunInBounds(Read.Tokens, token, watch, cancellation);

    internal override Tape<T> NewTape<T>(LoadedModel model, CancellationToken cancellation)
        => Language(model).NewTape<T>(Length, cancellation);

    internal override Trace<T> Forward<T>(IModel network, Tape<T> tape, int? token)
        => ((ILanguageModel)network).Forward(tape, TokenBatch.Of(Read.Ids), ScorePositions.At(token ?? (Length - 1)));

    private static TextModel Language(LoadedModel model) => model as TextModel ?? throw Unreadable(model, "text");
}
