using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>A picture of a data set as one model answered it.</summary>
/// <param name="Index">Number in the data set.</param>
/// <param name="Source">The picture as stored, with what is known about it.</param>
/// <param name="Model">The model.</param>
/// <param name="Input">The picture, preprocessed for the model.</param>
/// <param name="Mask">The object at the size of the model's image, where there is a mask.</param>
/// <param name="OtherMask">A second object's, where there is one.</param>
/// <param name="Scores">The model's logits of the unchanged picture.</param>
/// <param name="Prediction">The class with the highest of them.</param>
/// <param name="Explained">The class that maps explain.</param>
public sealed record PictureCase(
    int Index, DatasetImage Source, PictureModel Model, PreprocessedImage Input, ObjectMask? Mask, ObjectMask? OtherMask, float[] Scores,
    int Prediction, int Explained)
    : Case(Index, Source.Id, Scores, Prediction, Explained)
{
    /// <summary>Where a mark stands or may stand, at the size of the model's image; null where nobody said.</summary>
    public ObjectMask? Mark { get; init; }

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Picture;

    /// <inheritdoc/>
    public override int? Answer => Source.Label;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Columns => Source.Columns;

    /// <inheritdoc/>
    public override (int Rows, int Columns) MapSize => (Model.Network.Grid.Rows, Model.Network.Grid.Columns);

    /// <inheritdoc/>
    public override RelevanceMap<float>? Truth => Mask is null ? null : Oracle.Of(Mask, MapSize.Rows, MapSize.Columns);

    /// <summary>Normalised pixels (1, channels * height, width).</summary>
    public Activation<float> Pixels => Activation<float>.Of(Input.PixelValues, 1, Input.ChannelCount * Input.Height, Input.Width);

    /// <summary>The same picture where its other object is explained.</summary>
    /// <exception cref="InvalidOperationException">It shows no other object whose class is known.</exception>
    public PictureCase OfOtherObject() => this with
    {
        Explained = Source.OtherLabel ?? throw new InvalidOperationException($"picture {Id} shows no other object"),
        Mask = OtherMask,
        OtherMask = Mask,
    };

    /// <summary>Explains the class in another run: of a changed picture, or of a changed model. One run serves all methods.</summary>
    /// <param name="methods">The methods.</param>
    /// <param name="network">The model to run.</param>
    /// <param name="pixels">Normalised, (1, channels * height, width).</param>
    /// <param name="draw">1, 2, ... for controls that draw.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    public IReadOnlyList<RelevanceMap<float>> MapsAgain(
        IEnumerable<MeasuredMethod> methods,
        IVisionModel network,
        Activation<float> pixels,
        int draw,
        Workers workers,
        BufferPool<float> pool)
    {
        ArgumentNullException.ThrowIfNull(network);
        var trace = network.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);
        using var run = new ExplainedRun(this, network, trace, new Decision<float>(trace, [Explained]));
        return [.. methods.Select(method => method.Map(run, draw))];
    }
}
