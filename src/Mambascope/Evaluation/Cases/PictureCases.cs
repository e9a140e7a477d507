using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>Pictures and the vision models that answer them.</summary>
/// <param name="data">The pictures.</param>
/// <param name="models">The models.</param>
public sealed class PictureCases(IImageDataset data, IReadOnlyList<PictureModel> models) : CaseSet
{
    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Picture;

    /// <inheritdoc/>
    public override string Name => data.Name;

    /// <inheritdoc/>
    public override int Count => data.Count;

    /// <inheritdoc/>
    public override KnownFacts Known
        => (data.HasLabels ? KnownFacts.Answers : KnownFacts.None)
            | (data.HasMasks ? KnownFacts.Truth : KnownFacts.None)
            | (data.HasOtherObjects ? KnownFacts.OtherObjects : KnownFacts.None);

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredModel> Models => models;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredMethod> Controls(int seed)
        => [
            MeasuredMethod.Random(seed),
            MeasuredMethod.CentreGaussian,
            MeasuredMethod.Colour,
            .. data.HasMasks ? [MeasuredMethod.Oracle] : Array.Empty<MeasuredMethod>(),
        ];

    /// <inheritdoc/>
    internal override bool MayLeaveOut => true;

    /// <inheritdoc/>
    internal override IReadOnlyList<int>? ItemsOfFiles => data.ItemsOfFiles;

    /// <inheritdoc/>
    internal override string Id(int index) => data.Id(index);

    /// <inheritdoc/>
    internal override CaseInput Read(int index)
    {
        var source = data.Read(index);
        var fingerprint = source.Fingerprint();
        return new(
            source.Id,
            [.. models.Select(_ => fingerprint)],
            (explained, workers, pool) => models.Select(model => Run(model, index, source, explained, workers, pool)));
    }

    /// <inheritdoc/>
    public override void Require(KnownFacts needs, string measure, ExplainedClass explained)
    {
        base.Require(needs, measure, explained);
        if (needs.HasFlag(KnownFacts.OtherObjects) && data.ClassNames is { } names
            && models.FirstOrDefault(model => model.Network.Classes != names.Count) is { } other)
        {
            throw new BadInputException(
                $"{Name} has {names.Count} classes, {other.Name} has {other.Network.Classes}; {measure} needs a model of the classes of "
                    + "both objects");
        }
    }

    private protected override string Lack(KnownFacts fact, string user)
        => fact switch
        {
            KnownFacts.Answers => $"has no labels, and {user} needs them; give --data-labels FILE, or a folder for each class",
            KnownFacts.Truth =>
                $"has no masks, and {user} needs them; put NAME.mask.png beside each picture, or use --data fashion-scenes:test:200",
            KnownFacts.OtherObjects =>
                $"does not show two objects with a class and a mask each, and {user} needs them; put NAME.CLASS.mask.png beside each "
                    + "picture, twice, or use --data fashion-scenes:two-items:500",
            _ => $"are pictures, and {user} needs pairs of sentences",
        };

    private ExplainedRun Run(
        PictureModel model, int index, DatasetImage source, ExplainedClass explained, Workers workers, BufferPool<float> pool)
    {
        var side = model.Network.Grid.ImageHeight;
        var input = model.Preprocessing.Apply(source.Image);
        var pixels = Activation<float>.Of(input.PixelValues, 1, input.ChannelCount * side, side);
        var trace = model.Network.Forward(new Tape<float>(workers, pool, isRecording: true), pixels);
        try
        {
            var scores = Finite(trace.Logits.Data.Row(0).ToArray(), model, source.Id);
            if (source.Label >= scores.Length)
            {
                throw new BadInputException(
                    $"image {source.Id} has label {source.Label}, {model.Name} has classes 0 to {scores.Length - 1}");
            }

            var prediction = ArgMax.Of(scores);
            var subject = new PictureCase(
                index, source, model, input, Mask(source, source.Mask, side), Mask(source, source.OtherMask, side), scores, prediction,
                explained == ExplainedClass.True ? source.Label!.Value : prediction)
            {
                Mark = Mask(source, source.Mark, side),
            };
            return new(subject, model.Network, trace, new Decision<float>(trace, [subject.Explained]));
        }
        catch
        {
            trace.Dispose();
            throw;
        }
    }

    private static ObjectMask? Mask(DatasetImage source, byte[]? mask, int side)
        => mask is null ? null : MaskResize.Nearest(mask, source.Image.Height, source.Image.Width, side, side);
}
