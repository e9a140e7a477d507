using System.Numerics;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>One run of a classifier on one picture.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class ImageRun<T> : Run<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal ImageRun(ImageClassifier model, PreprocessedImage input, Trace<T> trace)
        : base(trace)
    {
        Model = model;
        Input = input;
    }

    /// <inheritdoc/>
    public override ImageClassifier Model { get; }

    /// <summary>What the model was given.</summary>
    public PreprocessedImage Input { get; }

    /// <summary>The picture as the model saw it, after resize and crop: what maps are laid over.</summary>
    public RgbImage Image => Input.Image;

    /// <inheritdoc/>
    public override int Token => Trace.ReadToken;

    /// <inheritdoc/>
    public override ReadOnlySpan<T> Scores => Trace.Logits.Data.Row(0);
}
