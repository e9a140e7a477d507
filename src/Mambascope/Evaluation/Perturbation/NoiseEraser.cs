namespace Mambascope.Evaluation.Perturbation;

/// <summary>Uniform noise from black to white, drawn once for each picture: every fraction and every method meets the same noise.</summary>
internal sealed class NoiseEraser : Eraser
{
    /// <inheritdoc/>
    public override string Name => "noise";

    /// <inheritdoc/>
    public override string Description => "uniform noise, from a seed";

    /// <inheritdoc/>
    public override Erasure Prepare(NormalisedImage image, int seed)
    {
        var random = new Random(seed);
        var values = new float[image.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (black, white) = (image.Black[i / image.Plane], image.White[i / image.Plane]);
            values[i] = black + (random.NextSingle() * (white - black));
        }

        return new Replacement(values, image.Channels);
    }
}
