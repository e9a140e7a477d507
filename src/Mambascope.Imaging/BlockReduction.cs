namespace Mambascope.Imaging;

/// <summary>What one drawn pixel says of the block of matrix entries it stands for, where a matrix has more entries than fit.</summary>
public enum BlockReduction
{
    /// <summary>The entry of largest absolute value, with its sign: single strong entries stay visible.</summary>
    Largest,

    /// <summary>The mean: the total stays right, single entries fade.</summary>
    Mean,
}

/// <summary>Shrinks a matrix by whole blocks. Entries that are not finite are left out; a block of nothing else is NaN.</summary>
internal static class Blocks
{
    /// <summary>(⌈rows/block⌉, ⌈columns/block⌉); the last blocks may be smaller.</summary>
    internal static float[] Reduce(ReadOnlySpan<float> values, int rows, int columns, int block, BlockReduction reduction)
    {
        if (block == 1)
        {
            return values.ToArray();
        }

        var (outRows, outColumns) = (((rows - 1) / block) + 1, ((columns - 1) / block) + 1);
        var result = new float[outRows * outColumns];
        for (var r = 0; r < outRows; r++)
        {
            for (var c = 0; c < outColumns; c++)
            {
                var (largest, sum, count) = (0f, 0.0, 0);
                for (var y = r * block; y < Math.Min((r + 1) * block, rows); y++)
                {
                    for (var x = c * block; x < Math.Min((c + 1) * block, columns); x++)
                    {
                        var value = values[(y * columns) + x];
                        if (!float.IsFinite(value))
                        {
                            continue;
                        }

                        count++;
                        sum += value;
                        if (count == 1 || Math.Abs(value) > Math.Abs(largest))
                        {
                            largest = value;
                        }
                    }
                }

                result[(r * outColumns) + c] =
                    count == 0 ? float.NaN
                    : reduction == BlockReduction.Largest ? largest
                    : (float)(sum / count);
            }
        }

        return result;
    }
}
