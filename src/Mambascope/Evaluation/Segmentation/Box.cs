using System.Runtime.InteropServices;

namespace Mambascope.Evaluation.Segmentation;

/// <summary>An upright rectangle of whole pixels.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Right">Column after the last.</param>
/// <param name="Bottom">Row after the last.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Box(int Left, int Top, int Right, int Bottom)
{
    /// <summary>Pixels inside.</summary>
    public long Area => (long)(Right - Left) * (Bottom - Top);

    /// <summary>Pixels in both over pixels in either; 0 for two empty boxes.</summary>
    public double IoU(Box other)
    {
        long width = Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left));
        long height = Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top));
        var shared = width * height;
        var either = Area + other.Area - shared;
        return either == 0 ? 0 : (double)shared / either;
    }

    /// <summary>IoU with the best of several boxes; 0 if there are none.</summary>
    public double BestIoU(IReadOnlyList<Box> others)
    {
        var own = this;
        return others.Count == 0 ? 0 : others.Max(other => own.IoU(other));
    }
}
