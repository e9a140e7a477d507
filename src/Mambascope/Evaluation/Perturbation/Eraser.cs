namespace Mambascope.Evaluation.Perturbation;

/// <summary>A way to take information out of a picture at some of its pixels.</summary>
public abstract class Eraser
{
    /// <summary>Name on the command line and in results.</summary>
    public abstract string Name { get; }

    /// <summary>One line for people.</summary>
    public abstract string Description { get; }

    /// <summary>Does what depends on the picture alone, once for all its masked copies.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="seed">Seed of this picture, for erasers that draw; the same seed gives the same pixels.</param>
    public abstract Erasure Prepare(NormalisedImage image, int seed);
}

/// <summary>An eraser made ready for one picture. Safe to use from several threads.</summary>
public abstract class Erasure
{
    /// <summary>Erases pixels.</summary>
    /// <param name="removed">Indices (row * width + column), each once.</param>
    /// <param name="pixels">(channels, height, width): the picture on entry, the masked picture on return.</param>
    public abstract void Erase(ReadOnlySpan<int> removed, Span<float> pixels);
}

/// <summary>An erasure that puts another picture's pixel in the place of each removed one.</summary>
/// <param name="replacement">(channels, height, width).</param>
/// <param name="channels">Number of planes.</param>
public sealed class Replacement(float[] replacement, int channels) : Erasure
{
    /// <inheritdoc/>
    public override void Erase(ReadOnlySpan<int> removed, Span<float> pixels)
    {
        var plane = replacement.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var source = replacement.AsSpan(channel * plane, plane);
            var target = pixels.Slice(channel * plane, plane);
            foreach (var pixel in removed)
            {
                target[pixel] = source[pixel];
            }
        }
    }

    /// <summary>The same colour everywhere.</summary>
    /// <param name="image">Gives the sizes.</param>
    /// <param name="colour">One value a channel.</param>
    internal static Replacement Flat(NormalisedImage image, IReadOnlyList<float> colour)
    {
        var values = new float[image.Values.Length];
        for (var channel = 0; channel < image.Channels; channel++)
        {
            values.AsSpan(channel * image.Plane, image.Plane).Fill(colour[channel]);
        }

        return new(values, image.Channels);
    }
}
