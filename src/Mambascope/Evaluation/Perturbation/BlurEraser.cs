namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// A blurred copy of the picture: colour and layout of the scene stay, detail goes (Fong and Vedaldi 2017). Gaussian, cut off at three
/// standard deviations; at the border the weights inside the picture are scaled to sum to 1.
/// </summary>
/// <param name="deviation">Standard deviation in pixels; null for 10 pixels at 224, in proportion to the picture's longer side.</param>
internal sealed class BlurEraser(double? deviation = null) : Eraser
{
    /// <inheritdoc/>
    public override string Name => "blur";

    /// <inheritdoc/>
    public override string Description => "a blurred copy of the picture";

    /// <inheritdoc/>
    public override Erasure Prepare(NormalisedImage image, int seed)
    {
        var (height, width) = (image.Height, image.Width);
        var sigma = deviation ?? Math.Max(height, width) * 10.0 / 224;
        if (!(sigma > 0) || !double.IsFinite(sigma))
        {
            throw new BadInputException($"blur: expected a standard deviation above 0, found {sigma}");
        }

        var radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        var kernel = new double[radius + 1];
        for (var k = 0; k <= radius; k++)
        {
            kernel[k] = Math.Exp(-k * k / (2 * sigma * sigma));
        }

        var values = new float[image.Values.Length];
        var wide = new double[image.Plane];
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Values.AsSpan(channel * image.Plane, image.Plane);
            var target = values.AsSpan(channel * image.Plane, image.Plane);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (sum, weight) = (0.0, 0.0);
                    for (var k = Math.Max(-radius, -x); k <= Math.Min(radius, width - 1 - x); k++)
                    {
                        sum += kernel[Math.Abs(k)] * source[(y * width) + x + k];
                        weight += kernel[Math.Abs(k)];
                    }

                    wide[(y * width) + x] = sum / weight;
                }
            }

            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (sum, weight) = (0.0, 0.0);
                    for (var k = Math.Max(-radius, -y); k <= Math.Min(radius, height - 1 - y); k++)
                    {
                        sum += kernel[Math.Abs(k)] * wide[((y + k) * width) + x];
                        weight += kernel[Math.Abs(k)];
                    }

                    target[(y * width) + x] = (float)(sum / weight);
                }
            }
        }

        return new Replacement(values, image.Channels);
    }
}
