namespace Mambascope.Evaluation.Perturbation;

/// <summary>The mean colour of the picture itself.</summary>
internal sealed class MeanEraser : Eraser
{
    /// <inheritdoc/>
    public override string Name => "mean";

    /// <inheritdoc/>
    public override string Description => "the picture's mean colour";

    /// <inheritdoc/>
    public override Erasure Prepare(NormalisedImage image, int seed) => Replacement.Flat(image, image.MeanColour());
}
