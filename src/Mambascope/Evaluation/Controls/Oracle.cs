using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Controls;

/// <summary>
/// The mask itself as a map: for each patch the share of its area on the object. The best that the patch grid allows where a mask exists.
/// </summary>
public static class Oracle
{
    /// <summary>The mask on the patch grid. A pixel that lies in two patches counts for each by its share.</summary>
    /// <param name="mask">The object.</param>
    /// <param name="rows">Patches from top to bottom.</param>
    /// <param name="columns">Patches from left to right.</param>
    public static RelevanceMap<float> Of(ObjectMask mask, int rows, int columns)
    {
        var values = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                values[(row * columns) + column] = (float)Share(mask, row, rows, column, columns);
            }
        }

        return RelevanceMap<float>.Of(values, rows, columns);
    }

    private static double Share(ObjectMask mask, int row, int rows, int column, int columns)
    {
        var (top, bottom) = ((double)row * mask.Height / rows, (row + 1.0) * mask.Height / rows);
        var (left, right) = ((double)column * mask.Width / columns, (column + 1.0) * mask.Width / columns);
        var covered = 0.0;
        for (var y = (int)top; y < Math.Min(mask.Height, (int)Math.Ceiling(bottom)); y++)
        {
            var inY = Math.Min(bottom, y + 1) - Math.Max(top, y);
            for (var x = (int)left; x < Math.Min(mask.Width, (int)Math.Ceiling(right)); x++)
            {
                covered += mask.Values[(y * mask.Width) + x] * inY * (Math.Min(right, x + 1) - Math.Max(left, x));
            }
        }

        return covered / ((bottom - top) * (right - left));
    }
}
