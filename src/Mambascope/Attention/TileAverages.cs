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
public sealed class TileAverages<T> : ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BlockSums sums;
    private readonly AttentionView view;
    private readonly PieceProduct<T>?[] later;

    /// <summary>States the blocks.</summary>
    /// <param name="starts">First token of each block, in order; the first is 0.</param>
    /// <param name="length">Tokens of the text.</param>
    /// <param name="view">Scan alone or whole mixer.</param>
    /// <exception cref="BadInputException">A block begins before the one before it, or behind the text.</exception>
    public TileAverages(IReadOnlyList<int> starts, int length, AttentionView view)
    {
        (sums, this.view) = (new(starts, length), view);
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
    private void Add(Workers workers, BufferPool<T> pool, ScanMixerTrace<T> layer, int first)
    {
        var (L, batch) = (layer.X.Data.Length, layer.X.Data.Batch);
        for (var r = sums.Count - 1; r >= 0 && sums.End(r) > first; r--)
        {
            var v = Activation<T>.Zeros(batch, L, 1);
            for (var t = Math.Max(0, sums.Start(r) - first); t < Math.Min(L, sums.End(r) - first); t++)
            {
                v.Row(0, t)[0] = T.One;
            }

            // A run of several texts is not cut into pieces, and hands nothing on.
            later[r] ??= batch == 1 ? PieceProduct<T>.For(layer, view) : null;
            var row = AttentionProduct.Mean(workers, pool, layer, view, ScanDirections.Both, v, later[r]);
            var to = sums.Row(r);
            var c = sums.Of(first);
            for (var t = 0; t < L; t++)
            {
                c += sums.End(c) <= first + t ? 1 : 0;
                to[c] += double.CreateTruncating(row.Row(0, t)[0]);
            }
        }
    }

    void ITiles<T>.Add(Workers workers, BufferPool<T> pool, MixerTrace<T> mixer, int first)
        => Add(workers, pool, (ScanMixerTrace<T>)mixer, first);

    AttentionMatrix<T> ITiles<T>.Averages() => Averages();

    private AttentionMatrix<T> Averages() => sums.Averages<T>();
}
