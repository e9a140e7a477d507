using System.Buffers;

namespace Mambascope.Numerics;

/// <summary>
/// Causal softmax attention in floats whose matrix is not kept: y_i[h] = sum over j up to i of softmax_j(scale q_i[h] k_j[h]) v_j[h]. Some
/// rows of a head at a time have their scores in memory that stays in the second-level cache, and keys that none of them sees are left
/// out. Results are those of <see cref="HeadProducts"/> and <see cref="Softmax"/> bit by bit: sums are cut at the same places. Where keys
/// have fewer heads, neighbouring heads of q share one. No way back.
/// </summary>
internal static class BlockedAttention
{
    // Half a MiB of scores, and no fewer rows than make it worth while to pack the keys for them.
    private const int Scores = 1 << 17;
    private const int FewestRows = 24;
    private const int MostRows = 192;

    /// <summary>Gives the keys and values of an item of the batch: (tokens, key heads x dh) each.</summary>
    public delegate (MatrixView Keys, MatrixView Values) Memory(int item);

    /// <summary>y (Batch, L, H dh) from q of the same shape.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="q">Queries of the last L tokens.</param>
    /// <param name="memory">Keys and values of all tokens, those of q included.</param>
    /// <param name="heads">Heads of q, H.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="y">Result.</param>
    public static void Forward(Workers workers, Activation<float> q, Memory memory, int heads, double scale, Activation<float> y)
    {
        if (q.Rows == 0)
        {
            return;
        }

        var tokens = memory(0).Keys.Rows;
        var size = Math.Clamp(Scores / tokens, FewestRows, MostRows);
        var blocks = (q.Length + size - 1) / size;
        workers.For(q.Batch * heads * blocks, piece =>
        {
            // The last rows see most: they come first, so that threads end together.
            var (item, head, block) = (piece / blocks / heads, piece / blocks % heads, blocks - 1 - (piece % blocks));
            var first = block * size;
            Block(q.Item(item), memory(item), head, heads, first, Math.Min(size, q.Length - first), (float)scale, y.Item(item));
        });
    }

    private static void Block(
        Activation<float> q, (MatrixView Keys, MatrixView Values) memory, int head, int heads, int first, int rows, float scale,
        Activation<float> y)
    {
        var width = q.Width / heads;
        var at = head / (q.Width / memory.Keys.Columns) * width;
        var before = memory.Keys.Rows - q.Length + first;
        var seen = before + rows; // by the last row
        var unit = Gemm.InnerBlock(memory.Keys.Rows);
        var inner = Math.Min(memory.Keys.Rows, (seen + unit - 1) / unit * unit);
        var scratch = ArrayPool<float>.Shared.Rent(rows * inner);
        try
        {
            var scores = MatrixView.Of(scratch, rows, inner);
            Gemm.Multiply(
                workers: null, Head(q, first, rows, head * width, width), Part(memory.Keys, seen, at, width).Transposed,
                new(scratch, 0, rows, seen, inner), accumulate: false);
            Softmax.CausalRows(scores, before, scale);
            Gemm.Multiply(
                workers: null, scores, Part(memory.Values, inner, at, width), Head(y, first, rows, head * width, width), accumulate: false);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scratch);
        }
    }

    private static MatrixView Head(Activation<float> x, int first, int rows, int column, int width)
        => new(x.Buffer, x.Offset + (first * x.RowStride) + column, rows, width, x.RowStride);

    private static MatrixView Part(MatrixView matrix, int rows, int column, int width)
        => new(matrix.Buffer, matrix.Offset + column, rows, width, matrix.RowStep);
}
