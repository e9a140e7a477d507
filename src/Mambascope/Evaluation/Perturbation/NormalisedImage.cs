using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// A picture as a model reads it, together with what black and white are in that space. Normalisation is affine in each channel, so
/// everything that is erased in [0, 1] space can be erased here, once, without normalising every masked copy again.
/// </summary>
public sealed class NormalisedImage
{
    /// <summary>Takes a preprocessed picture; <paramref name="preprocessing"/> must be the one that made it.</summary>
    /// <exception cref="BadInputException">The channel counts differ.</exception>
    public NormalisedImage(PreprocessedImage image, Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (image.ChannelCount != preprocessing.ChannelCount)
        {
            throw new BadInputException(
                $"picture of {image.ChannelCount} channels: its preprocessing has {preprocessing.ChannelCount}; use the model's own for "
                    + "both");
        }

        Values = image.PixelValues;
        (Channels, Height, Width) = (image.ChannelCount, image.Height, image.Width);
        var unscaled = preprocessing with { Resize = null, Crop = null };
        Black = unscaled.Apply(new RgbImage(1, 1)).PixelValues;
        White = unscaled.Apply(new RgbImage(1, 1, [255, 255, 255])).PixelValues;
    }

    /// <summary>(channels, height, width).</summary>
    public float[] Values { get; }

    /// <summary>3, or 1 for a grey-scale model.</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Pixels of one channel.</summary>
    public int Plane => Height * Width;

    /// <summary>What 0 in [0, 1] space is here, per channel.</summary>
    public IReadOnlyList<float> Black { get; }

    /// <summary>What 1 in [0, 1] space is here, per channel.</summary>
    public IReadOnlyList<float> White { get; }

    /// <summary>The mean colour of the picture, per channel.</summary>
    public float[] MeanColour()
    {
        var mean = new float[Channels];
        for (var channel = 0; channel < Channels; channel++)
        {
            var sum = 0.0;
            foreach (var value in Values.AsSpan(channel * Plane, Plane))
            {
                sum += value;
            }

            mean[channel] = (float)(sum / Plane);
        }

        return mean;
    }
}
