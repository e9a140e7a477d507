using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>An image of a data set as one model reads it.</summary>
/// <param name="Index">Number in the data set.</param>
/// <param name="Source">The image as stored, with what is known about it.</param>
/// <param name="Input">Preprocessed for the model.</param>
/// <param name="Mask">The object at the size of the model's image, where there is a mask.</param>
/// <param name="OtherMask">A second object's, where there is one.</param>
/// <param name="Scores">The model's logits of the unchanged image.</param>
/// <param name="Explained">The class that maps explain.</param>
public sealed record TestImage(int Index, DatasetImage Source, PreprocessedImage Input, ObjectMask? Mask, ObjectMask? OtherMask, float[] Scores, int Explained);

/// <summary>A model under test.</summary>
/// <param name="Fingerprint">Name in tables and hash of the weights.</param>
/// <param name="Network">The model.</param>
/// <param name="Preprocessing">
/// Its normalisation, with both sides resized to the model's size, as in the released tests of images and masks; nothing is cropped away.
/// </param>
public sealed record TestModel(ModelFingerprint Fingerprint, IVisionModel Network, Preprocessing Preprocessing)
{
    /// <summary>Scores of a batch of normalised images, on the caller's thread.</summary>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    public BatchClassifier Classifier(Workers workers, BufferPool<float> pool) => pixels =>
    {
        using var tape = new Autodiff.Tape<float>(workers, pool, isRecording: false);
        var logits = Network.Forward(tape, pixels).Logits.Data;
        return Activation<float>.Of(logits.ToArray(), logits.Batch, logits.Length, logits.Width);
    };

    /// <summary>The preprocessing of a test for a model whose own is given.</summary>
    public static Preprocessing Squashed(Preprocessing own, int imageSize) => own with { Resize = new ResizeExactly(imageSize, imageSize), Crop = null, Filter = ResizeFilter.Bilinear };
}
