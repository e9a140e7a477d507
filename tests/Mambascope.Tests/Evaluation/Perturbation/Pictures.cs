using Mambascope.Attribution;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Tests.Evaluation.Perturbation;

/// <summary>Small pictures whose pixels are in [0, 1] space, and models that can be worked by hand.</summary>
internal static class Pictures
{
    /// <summary>No resizing, no shift: a byte b is b / 255.</summary>
    public static Preprocessing Plain { get; } = new() { Mean = [0, 0, 0], StandardDeviation = [1, 1, 1] };

    /// <summary>A grey picture of the given bytes.</summary>
    public static PreprocessedImage Grey(int height, int width, params byte[] values)
        => Plain.Apply(new RgbImage(width, height, [.. values.SelectMany(v => new[] { v, v, v })]));

    public static PreprocessedImage Random(int height, int width, int seed, Preprocessing? preprocessing = null)
    {
        var pixels = new byte[height * width * 3];
        new Random(seed).NextBytes(pixels);
        return (preprocessing ?? Plain).Apply(new RgbImage(width, height, pixels));
    }

    public static RelevanceMap<float> Map(int rows, int columns, params float[] values) => RelevanceMap<float>.Of(values, rows, columns);

    /// <summary>Two classes: logit 0 is the weighted sum of the first channel, logit 1 is constant.</summary>
    public static BatchClassifier Linear(float[] weights, float other) => pixels =>
    {
        var logits = Activation<float>.Zeros(pixels.Batch, 1, 2);
        for (var item = 0; item < pixels.Batch; item++)
        {
            var plane = pixels.Item(item).Extent[..weights.Length];
            for (var i = 0; i < weights.Length; i++)
            {
                logits.Row(item)[0] += weights[i] * plane[i];
            }

            logits.Row(item)[1] = other;
        }

        return logits;
    };
}
