using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// The perturbation test (Chefer et al. 2021, as used by Ali et al. 2024): pixels are erased in the order of a map, and the model is asked
/// again. Positive: most relevant first, the answer should be lost soon. Negative: least relevant first, it should stay long.
/// <code>
/// var perturbation = new PixelPerturbation(classify, preprocessing);
/// var subject = perturbation.Prepare(image, unit: 17);                 // classifies the clean picture, once for all methods
/// var record = subject.Measure(map, explained: subject.Prediction, label);
/// var summary = PerturbationSummary.Of(records, perturbation.Protocol.Fractions);
/// </code>
/// Holds no state between pictures; one of them may serve several threads.
/// </summary>
public sealed class PixelPerturbation
{
    /// <summary>Sets up the measure.</summary>
    /// <param name="classify">The model.</param>
    /// <param name="preprocessing">How its pictures are normalised.</param>
    /// <param name="protocol">How to erase; the published protocol by default.</param>
    /// <exception cref="BadInputException">The protocol cannot be carried out.</exception>
    public PixelPerturbation(BatchClassifier classify, Preprocessing preprocessing, PerturbationProtocol? protocol = null)
    {
        ArgumentNullException.ThrowIfNull(classify);
        ArgumentNullException.ThrowIfNull(preprocessing);
        Protocol = protocol ?? new();
        Protocol.Check();
        Classify = classify;
        Preprocessing = preprocessing;
    }

    /// <summary>How pixels are erased.</summary>
    public PerturbationProtocol Protocol { get; }

    internal BatchClassifier Classify { get; }

    internal Preprocessing Preprocessing { get; }

    // Batches of masked images are used again from map to map.
    internal BufferPool<float> Pool { get; } = new();

    /// <summary>Makes a picture ready for any number of maps.</summary>
    /// <param name="image">The picture as the model reads it.</param>
    /// <param name="unit">Its number in the data set; with the protocol's seed it fixes what erasers draw.</param>
    /// <param name="cleanLogits">
    /// The model's scores of the unchanged picture where they are known already; otherwise they are computed.
    /// </param>
    public PerturbationSubject Prepare(PreprocessedImage image, int unit, ReadOnlySpan<float> cleanLogits = default)
        => new(this, new NormalisedImage(image, Preprocessing), StableSeed.Of(Protocol.Seed, unit), cleanLogits);
}
