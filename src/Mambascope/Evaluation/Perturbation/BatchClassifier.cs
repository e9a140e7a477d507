using Mambascope.Numerics;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// What the perturbation test needs of a model: the class scores of a batch of images. Must be safe to call from several threads if the
/// caller's own loop is.
/// </summary>
/// <param name="pixels">Normalised images, (B, channels * height, width); the buffer is reused after the call.</param>
/// <returns>Logits, (B, 1, classes).</returns>
public delegate Activation<float> BatchClassifier(Activation<float> pixels);
