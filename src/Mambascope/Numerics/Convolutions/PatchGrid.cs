namespace Mambascope.Numerics;

/// <summary>How an image is cut into patches, row by row from the top left, as a convolution without padding would.</summary>
/// <param name="Channels">Colour channels.</param>
/// <param name="ImageHeight">Pixels.</param>
/// <param name="ImageWidth">Pixels.</param>
/// <param name="PatchSize">Side of a patch, pixels (P).</param>
/// <param name="Stride">Pixels from one patch to the next; smaller than PatchSize when patches overlap.</param>
/// <param name="Overhang">Pixels by which the last patch may reach beyond the picture, as with a padded convolution.</param>
public sealed record PatchGrid(int Channels, int ImageHeight, int ImageWidth, int PatchSize, int Stride, int Overhang = 0)
{
    /// <summary>Patches from top to bottom.</summary>
    public int Rows => ((ImageHeight + Overhang - PatchSize) / Stride) + 1;

    /// <summary>Patches from left to right.</summary>
    public int Columns => ((ImageWidth + Overhang - PatchSize) / Stride) + 1;

    /// <summary>All patches, M.</summary>
    public int Count => Rows * Columns;
}
