using Mambascope.Numerics;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// Noisy linear imputation of ROAD (Rong et al. 2022, "A consistent and efficient evaluation strategy for attribution methods"): each
/// removed pixel is the weighted mean of its eight neighbours, removed or not, plus a little noise. Unlike black it leaves no edges that
/// would tell the model which pixels were removed.
/// <para>s_i x_i = Σ_j w_ij x_j,  w = 1/6 beside, above and below, 1/12 diagonally,  s_i = Σ of the weights inside the picture.</para>
/// The noise is drawn once for each picture: every fraction and every method meets the same. With nothing left to go by, a picture is
/// its mean colour.
/// </summary>
/// <param name="noise">Standard deviation of the noise in [0, 1] space.</param>
/// <param name="tolerance">The linear system is solved until the residual is this share of the right-hand side.</param>
internal sealed class RoadEraser(double noise = 0.01, double tolerance = 1e-4) : Eraser
{
    /// <inheritdoc/>
    public override string Name => "road";

    /// <inheritdoc/>
    public override string Description => "a mean of the neighbours with a little noise (ROAD)";

    /// <inheritdoc/>
    public override Erasure Prepare(NormalisedImage image, int seed)
    {
        if (!(noise >= 0) || !double.IsFinite(noise) || !(tolerance > 0))
        {
            throw new BadInputException($"road: expected a noise of 0 or more and a tolerance above 0, found {noise} and {tolerance}");
        }

        var random = new Random(seed);
        var field = new float[image.Values.Length];
        for (var i = 0; i < field.Length; i++)
        {
            var channel = i / image.Plane;
            field[i] = (float)(noise * (image.White[channel] - image.Black[channel]) * NormalDistribution.Draw(random));
        }

        return new Imputation(image, field, tolerance);
    }

    private sealed class Imputation(NormalisedImage image, float[] field, double tolerance) : Erasure
    {
        private readonly float[] mean = image.MeanColour();

        public override void Erase(ReadOnlySpan<int> removed, Span<float> pixels)
        {
            if (removed.IsEmpty)
            {
                return;
            }

            using var system = removed.Length < image.Plane ? new NeighbourMeans(image.Height, image.Width, removed) : null;
            for (var channel = 0; channel < image.Channels; channel++)
            {
                var plane = pixels.Slice(channel * image.Plane, image.Plane);
                if (system is null)
                {
                    plane.Fill(mean[channel]);
                }
                else
                {
                    system.Solve(plane, tolerance);
                }

                var noise = field.AsSpan(channel * image.Plane, image.Plane);
                foreach (var pixel in removed)
                {
                    plane[pixel] += noise[pixel];
                }
            }
        }
    }
}
