using System.Globalization;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Results;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>A vision model whose explanations are measured.</summary>
/// <param name="Fingerprint">Name in tables and hash of the weights.</param>
/// <param name="Network">The model.</param>
/// <param name="Preprocessing">
/// Its normalisation, with both sides resized to the model's size, as in the released code for images and masks; nothing is cropped away.
/// </param>
public sealed record PictureModel(ModelFingerprint Fingerprint, IVisionModel Network, Preprocessing Preprocessing)
    : MeasuredModel(Fingerprint)
{
    /// <summary>An opened model, which has to stay open.</summary>
    public static PictureModel Of(ImageClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var network = classifier.Model;
        var preprocessing = Squashed(classifier.Preprocessing, network.Grid.ImageHeight);
        var fingerprint = ModelFingerprint.Of(classifier.Name, network, [Words(preprocessing), .. Labels(classifier.Labels)]);
        return new(fingerprint, network, preprocessing);
    }

    /// <summary>The preprocessing of a measure for a model whose own is given.</summary>
    public static Preprocessing Squashed(Preprocessing own, int imageSize)
        => own with { Resize = new ResizeExactly(imageSize, imageSize), Crop = null, Filter = ResizeFilter.Bilinear };

    // Numbers of it, whatever file they came from.
    private static string Words(Preprocessing own)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{own.RescaleFactor:R} {string.Join(' ', own.Mean.Select(BitConverter.SingleToInt32Bits))} "
                + $"{string.Join(' ', own.StandardDeviation.Select(BitConverter.SingleToInt32Bits))}");

    private static IEnumerable<string> Labels(ClassLabels labels) => Enumerable.Range(0, labels.Count).Select(i => labels[i]);

    /// <summary>Scores of a batch of normalised images, on the caller's thread.</summary>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    public BatchClassifier Classifier(Workers workers, BufferPool<float> pool) => pixels =>
    {
        using var tape = new Tape<float>(workers, pool, isRecording: false);
        var logits = Network.Forward(tape, pixels).Logits.Data;
        return Activation<float>.Of(logits.ToArray(), logits.Batch, logits.Length, logits.Width);
    };
}
