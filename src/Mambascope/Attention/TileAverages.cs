using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// A layer's hidden attention between blocks of a text (words, sentences, equal parts): entry (r, c) is the mean over channels and over all
/// pairs of an output token in block r and an input token in block c that is not after it. No matrix over tokens is formed: a row of blocks
/// is one adjoint scan, so that time and memory grow with the text, not with its square. The text may come in pieces, from the last to the
/// first.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class TileAverages<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] starts;
    private readonly int length;
    private readonly AttentionView view;
    private readonly double[] sums;
    private readonly PieceProduct<T>?[] later;

    /// <summary>States the blocks.</summary>
    /// <param name="starts">First token of each block, in order; the first is 0.</param>
    /// <param name="length">Tokens of the text.</param>
    /// <param name="view">Scan alone or whole mixer.</param>
    /// <exception cref="BadInputException">A block begins before the one before it, or behind the text.</exception>
    public TileAverages(IReadOnlyList<int> starts, int length, AttentionView view)
    {
        this.starts = [.. starts];
        this.length = length;
        this.view = view;
        if (
            starts.Count == 0
            || starts[0] != 0
            || starts[^1] >= length
            || starts.Zip(starts.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new BadInputException($"blocks must begin at token 0 and then at later and later tokens below {length}");
        }

        sums = new double[starts.Count * starts.Count];
        later = new PieceProduct<T>?[starts.Count];
    }

    /// <summary>Equal blocks, as far as the length allows.</summary>
    /// <param name="count">Number of blocks; a shorter text has one a token.</param>
    /// <param name="length">Tokens of the text.</param>
    public static int[] Equal(int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var blocks = Math.Min(count, length);
        return [.. Enumerable.Range(0, blocks).Select(block => (int)((long)block * length / blocks))];
    }

    /// <summary>The averages of a layer that was recorded whole, for the first item of the run.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="layer">A layer of a causal model.</param>
    /// <param name="starts">First token of each block.</param>
    /// <param name="view">Scan alone or whole mixer.</param>
    public static AttentionMatrix<T> Of(
        Workers workers, BufferPool<T> pool, ScanMixerTrace<T> layer, IReadOnlyList<int> starts, AttentionView view)
    {
        var tiles = new TileAverages<T>(starts, layer.X.Data.Length, view);
        tiles.Add(workers, pool, layer, first: 0);
        return tiles.Averages();
    }

    /// <summary>
    /// Adds the next piece towards the beginning of the text: tokens from <paramref name="first"/> on, to where the last piece began.
    /// </summary>
    internal void Add(Workers workers, BufferPool<T> pool, ScanMixerTrace<T> layer, int first)
    {
        var (L, batch) = (layer.X.Data.Length, layer.X.Data.Batch);
        for (var r = starts.Length - 1; r >= 0 && End(r) > first; r--)
        {
            var v = Activation<T>.Zeros(batch, L, 1);
            for (var t = Math.Max(0, starts[r] - first); t < Math.Min(L, End(r) - first); t++)
            {
                v.Row(0, t)[0] = T.One;
            }

            // A run of several texts is not cut into pieces, and hands nothing on.
            later[r] ??= batch == 1 ? PieceProduct<T>.For(layer, view) : null;
            var row = AttentionProduct.Mean(workers, pool, layer, view, ScanDirections.Both, v, later[r]);
            var c = Array.FindLastIndex(starts, start => start <= first);
            for (var t = 0; t < L; t++)
            {
                c += c + 1 < starts.Length && starts[c + 1] <= first + t ? 1 : 0;
                sums[(r * starts.Length) + c] += double.CreateTruncating(row.Row(0, t)[0]);
            }
        }
    }

    /// <summary>The averages, when the first piece has been added.</summary>
    internal AttentionMatrix<T> Averages()
    {
        var matrix = new AttentionMatrix<T>(starts.Length);
        for (var r = 0; r < starts.Length; r++)
        {
            for (var c = 0; c <= r; c++)
            {
                var (rows, columns) = (End(r) - starts[r], (double)(End(c) - starts[c]));
                var pairs = r == c ? rows * (rows + 1.0) / 2 : rows * columns;
                matrix[r, c] = T.CreateTruncating(sums[(r * starts.Length) + c] / pairs);
            }
        }

        return matrix;
    }

    private int End(int block) => block + 1 < starts.Length ? starts[block + 1] : length;
}
