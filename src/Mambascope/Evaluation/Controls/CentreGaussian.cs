using Mambascope.Attribution;

namespace Mambascope.Evaluation.Controls;

/// <summary>
/// A map that has seen no picture and no model, only that photographers put things in the middle: a Gaussian around the centre. It does
/// well as a segmentation, which is what a method's figure there must be read against.
/// </summary>
public static class CentreGaussian
{
    /// <summary>The map; the same for every picture.</summary>
    /// <param name="rows">Patches from top to bottom.</param>
    /// <param name="columns">Patches from left to right.</param>
    /// <param name="deviation">Standard deviation as a share of each side.</param>
    public static RelevanceMap<float> Of(int rows, int columns, double deviation = 0.25)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deviation);
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
        {
            var y = Offset(i / columns, rows);
            var x = Offset(i % columns, columns);
            values[i] = (float)Math.Exp(-((y * y) + (x * x)) / 2);
        }

        return RelevanceMap<float>.Of(values, rows, columns);

        // From the centre of the picture to the centre of the patch, in standard deviations.
        double Offset(int index, int count) => (((index + 0.5) / count) - 0.5) / deviation;
    }
}
