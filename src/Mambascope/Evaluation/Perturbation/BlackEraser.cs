namespace Mambascope.Evaluation.Perturbation;

/// <summary>Black: 0 in [0, 1] space, before normalisation. What the published tables use (Chefer et al. 2021; Ali et al. 2024).</summary>
internal sealed class BlackEraser : Eraser
{
    /// <inheritdoc/>
    public override string Name => "black";

    /// <inheritdoc/>
    public override string Description => "black, as in the published tables";

    /// <inheritdoc/>
    public override Erasure Prepare(NormalisedImage image, int seed) => Replacement.Flat(image, image.Black);
}
