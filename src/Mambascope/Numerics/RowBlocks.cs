namespace Mambascope.Numerics;

/// <summary>
/// Loops over rows in blocks whose size depends on the shape alone: large enough that handing them out costs nothing, small enough to
/// balance; so sums taken per block come out the same for every number of threads.
/// </summary>
internal static class RowBlocks
{
    // About ten microseconds of a light kernel, and a few rows of each operand in the second-level cache.
    private const int BlockValues = 16384;

    /// <summary>Work on rows [first, last).</summary>
    public delegate void Rows(int first, int last);

    /// <summary>Work on rows [first, last) that adds to the line of sums beginning at <c>sums[offset]</c>.</summary>
    public delegate void Summands(int first, int last, float[] sums, int offset);

    /// <summary>Runs <paramref name="block"/> over all rows of <paramref name="width"/> values.</summary>
    public static void For(Workers workers, int rows, int width, Rows block)
    {
        var size = Size(width);
        workers.For((rows + size - 1) / size, i => block(i * size, Math.Min(rows, (i + 1) * size)));
    }

    /// <summary>target += the sum over all rows of what <paramref name="block"/> adds to its line of <c>target.Length</c> sums.</summary>
    public static void Sum(Workers workers, int rows, int width, Span<float> target, Summands block)
    {
        var size = 4 * Size(width);
        var (blocks, count) = ((rows + size - 1) / size, target.Length);
        var sums = new float[blocks * count];
        workers.For(blocks, i => block(i * size, Math.Min(rows, (i + 1) * size), sums, i * count));
        for (var i = 0; i < blocks; i++)
        {
            System.Numerics.Tensors.TensorPrimitives.Add(target, sums.AsSpan(i * count, count), target);
        }
    }

    private static int Size(int width) => Math.Clamp(BlockValues / Math.Max(1, width), 4, 256);
}
