using Mambascope.Attribution;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Controls;

/// <summary>
/// A map that has looked at the picture and at no model: how far the colours of a patch are from those of the picture's mean patch,
/// ‖c_j - mean(c)‖², c_j the bytes of patch j over 255. On scenes where one thing stands out of its background it draws that thing, as well
/// as a good method; what it scores is no merit of a method.
/// </summary>
public static class ColourDistance
{
    private const int Channels = 3;

    /// <summary>The map.</summary>
    /// <param name="image">The picture as the model sees it.</param>
    /// <param name="grid">Its patches.</param>
    public static RelevanceMap<float> Of(RgbImage image, PatchGrid grid)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(grid);
        var size = Channels * grid.PatchSize * grid.PatchSize;
        var mean = new double[size];
        double[][] patches = [.. Enumerable.Range(0, grid.Count).Select(j => Patch(image, grid, j, size))];
        foreach (var patch in patches)
        {
            for (var i = 0; i < size; i++)
            {
                mean[i] += patch[i] / patches.Length;
            }
        }

        return RelevanceMap<float>.Of(
            [.. patches.Select(patch => (float)patch.Zip(mean, (value, average) => (value - average) * (value - average)).Sum())],
            grid.Rows,
            grid.Columns);
    }

    private static double[] Patch(RgbImage image, PatchGrid grid, int j, int size)
    {
        var (top, left) = (j / grid.Columns * grid.Stride, j % grid.Columns * grid.Stride);
        var patch = new double[size];
        var width = Channels * grid.PatchSize;
        for (var i = 0; i < size; i++)
        {
            patch[i] = image.Pixels[((((top + (i / width)) * image.Width) + left) * Channels) + (i % width)] / 255.0;
        }

        return patch;
    }
}
