namespace Mambascope.Inputs.Images;

/// <summary>What a model is given for one picture.</summary>
/// <param name="Image">The picture after resize and crop: what the model saw, and what a heat map is laid over.</param>
/// <param name="PixelValues">(channels, height, width), normalised.</param>
/// <param name="ChannelCount">3, or 1 for a grey-scale model.</param>
public sealed record PreprocessedImage(RgbImage Image, float[] PixelValues, int ChannelCount)
{
    /// <summary>Rows.</summary>
    public int Height => Image.Height;

    /// <summary>Columns.</summary>
    public int Width => Image.Width;

    /// <summary>Where its pixels lie in the picture it was made from; an input that came without one is its own original.</summary>
    public ImageTransform Transform { get; init; } = ImageTransform.Identity(Image.Width, Image.Height);

    /// <summary>What was done to the picture; null for an input that came as numbers.</summary>
    public PreprocessingDescription? Description { get; init; }
}
