namespace Mambascope.Inputs.Images;

/// <summary>The size a picture is brought to before cropping.</summary>
public abstract record ResizeRule
{
    /// <summary>The new size of a picture of <paramref name="width"/> x <paramref name="height"/>.</summary>
    public abstract (long Width, long Height) Target(int width, int height);
}

/// <summary>
/// Brings the shorter side to <paramref name="Pixels"/> and keeps the aspect ratio; the longer side is truncated, as torchvision does.
/// </summary>
internal sealed record ResizeShorterSide(int Pixels) : ResizeRule
{
    /// <inheritdoc/>
    public override (long Width, long Height) Target(int width, int height) =>
        width <= height
            ? (Pixels, (long)Pixels * height / width)
            : ((long)Pixels * width / height, Pixels);
}

/// <summary>Brings both sides to the given sizes; the aspect ratio is not kept.</summary>
internal sealed record ResizeExactly(int Width, int Height) : ResizeRule
{
    /// <inheritdoc/>
    public override (long Width, long Height) Target(int width, int height) => (Width, Height);
}
