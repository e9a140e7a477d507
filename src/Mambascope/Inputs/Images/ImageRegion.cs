namespace Mambascope.Inputs.Images;

/// <summary>
/// A rectangle in a picture. Pixel i covers i to i + 1, so whole numbers are edges between pixels; the right and bottom edge are outside.
/// </summary>
/// <param name="Left">Least x.</param>
/// <param name="Top">Least y.</param>
/// <param name="Right">Greatest x.</param>
/// <param name="Bottom">Greatest y.</param>
public readonly record struct ImageRegion(double Left, double Top, double Right, double Bottom)
{
    /// <summary>Whether nothing lies in it.</summary>
    public bool IsEmpty => !(Right > Left && Bottom > Top);

    /// <summary>Whether a point lies in it.</summary>
    public bool Contains(double x, double y) => x >= Left && x < Right && y >= Top && y < Bottom;

    /// <summary>What both have in common; empty (all zeros) where that is nothing.</summary>
    public ImageRegion Intersect(ImageRegion other)
    {
        var common = new ImageRegion(
            Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom));
        return common.IsEmpty ? default : common;
    }

    /// <summary>The smallest rectangle of whole pixels around it.</summary>
    public (int Left, int Top, int Right, int Bottom) Outward()
        => ((int)Math.Floor(Left), (int)Math.Floor(Top), (int)Math.Ceiling(Right), (int)Math.Ceiling(Bottom));
}
