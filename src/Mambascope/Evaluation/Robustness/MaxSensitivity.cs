using Mambascope.Attribution;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Robustness;

/// <summary>Explains one picture for one fixed class.</summary>
/// <param name="pixels">A normalised picture, (1, channels * height, width); the buffer is reused after the call.</param>
public delegate RelevanceMap<float> PictureExplainer(Activation<float> pixels);

/// <summary>How far a map moves when the picture is changed a little.</summary>
/// <param name="Maximum">Greatest ‖φ(x + ε) - φ(x)‖ / ‖φ(x)‖ over the samples; lower is better.</param>
/// <param name="Mean">The mean of the same.</param>
/// <param name="IsDegenerate">The map of the unchanged picture ranked nothing; both figures are 0.</param>
public sealed record SensitivityRecord(double Maximum, double Mean, bool IsDegenerate);

/// <summary>
/// Max-sensitivity (Yeh et al. 2019): the greatest relative change of a map under small random changes of the picture, by sampling.
/// </summary>
public static class MaxSensitivity
{
    /// <summary>Greatest change of a pixel where nothing else is said.</summary>
    public const double StandardRadius = 0.02;

    /// <summary>Changed pictures where nothing else is said.</summary>
    public const int StandardSamples = 10;

    /// <summary>Measures one method on one picture.</summary>
    /// <param name="explain">The method; it must explain the same class each time.</param>
    /// <param name="image">The picture.</param>
    /// <param name="unit">
    /// Number of the picture in the data set; with the seed it fixes the changes, which are the same for every method.
    /// </param>
    /// <param name="radius">Greatest change of a pixel, as a share of the way from black to white; uniform in ±radius.</param>
    /// <param name="samples">Changed pictures.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="BadInputException">A radius or a number of samples that is not above 0.</exception>
    public static SensitivityRecord Measure(
        PictureExplainer explain, NormalisedImage image, int unit, double radius = StandardRadius,
        int samples = StandardSamples, int seed = 0)
    {
        Check(radius, samples);
        var pixels = Pixels(image);
        image.Values.CopyTo(pixels.Extent);
        return Compare(explain(pixels), Copies(image, unit, radius, samples, seed).Select(copy => explain(copy)));
    }

    /// <summary>The changed copies of a picture, for explaining each by several methods at once. One buffer holds them in turn.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="unit">Its number in the data set.</param>
    /// <param name="radius">Greatest change of a pixel, as a share of the way from black to white.</param>
    /// <param name="samples">Copies.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="BadInputException">A radius or a number of samples that is not above 0.</exception>
    public static IEnumerable<Activation<float>> Copies(NormalisedImage image, int unit, double radius, int samples, int seed)
    {
        Check(radius, samples);
        return Changed(image, StableSeed.Of(seed, unit), radius, samples);
    }

    /// <summary>Compares maps of one class and method.</summary>
    /// <param name="reference">The map of the unchanged picture.</param>
    /// <param name="copies">The maps of the changed ones; not asked for where the reference is degenerate.</param>
    public static SensitivityRecord Compare(RelevanceMap<float> reference, IEnumerable<RelevanceMap<float>> copies)
    {
        if (reference.Degenerate is not null)
        {
            return new(0, 0, IsDegenerate: true);
        }

        double[] distances = [.. copies.Select(copy => Distance(copy.Values, reference.Values))];
        return new(distances.Max(), distances.Sum() / distances.Length, IsDegenerate: false);
    }

    private static IEnumerable<Activation<float>> Changed(NormalisedImage image, int seed, double radius, int samples)
    {
        var random = new Random(seed);
        var pixels = Pixels(image);
        for (var sample = 0; sample < samples; sample++)
        {
            var changed = pixels.Extent;
            for (var i = 0; i < changed.Length; i++)
            {
                var channel = i / image.Plane;
                changed[i] =
                    image.Values[i] + (float)(radius * ((2 * random.NextDouble()) - 1) * (image.White[channel] - image.Black[channel]));
            }

            yield return pixels;
        }
    }

    private static Activation<float> Pixels(NormalisedImage image)
        => Activation<float>.Zeros(1, image.Channels * image.Height, image.Width);

    private static void Check(double radius, int samples)
    {
        if (!(radius > 0) || samples < 1)
        {
            throw new BadInputException($"sensitivity: expected a radius above 0 and at least one sample, found {radius} and {samples}");
        }
    }

    /// <summary>‖a - b‖ / ‖b‖, Euclidean.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"expected two maps of one length, found {a.Length} and {b.Length}", nameof(b));
        }

        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            norm += (double)b[i] * b[i];
        }

        return norm > 0 ? Math.Sqrt(difference / norm) : 0;
    }
}
