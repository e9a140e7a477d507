using System.Numerics;

namespace Mambascope.Attention;

/// <summary>Sums of a causal matrix over pairs of blocks of a text, and the means they become.</summary>
internal sealed class BlockSums
{
    private readonly int[] starts;
    private readonly int length;
    private readonly double[] sums;

    /// <summary>States the blocks.</summary>
    /// <param name="starts">First token of each block, in order; the first is 0.</param>
    /// <param name="length">Tokens of the text.</param>
    /// <exception cref="BadInputException">A block begins before the one before it, or behind the text.</exception>
    public BlockSums(IReadOnlyList<int> starts, int length)
    {
        (this.starts, this.length) = ([.. starts], length);
        if (
            starts.Count == 0
            || starts[0] != 0
            || starts[^1] >= length
            || starts.Zip(starts.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new BadInputException($"blocks must begin at token 0 and then at later and later tokens below {length}");
        }

        sums = new double[starts.Count * starts.Count];
    }

    /// <summary>Number of blocks.</summary>
    public int Count => starts.Length;

    /// <summary>First token of a block.</summary>
    public int Start(int block) => starts[block];

    /// <summary>First token behind a block.</summary>
    public int End(int block) => block + 1 < starts.Length ? starts[block + 1] : length;

    /// <summary>The block of a token.</summary>
    public int Of(int token) => Array.FindLastIndex(starts, start => start <= token);

    /// <summary>The sums of a row of blocks, to be added to.</summary>
    public Span<double> Row(int block) => sums.AsSpan(block * Count, Count);

    /// <summary>The mean over all pairs of an output token in block r and an input token in block c that is not after it.</summary>
    public AttentionMatrix<T> Averages<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new AttentionMatrix<T>(Count);
        for (var r = 0; r < Count; r++)
        {
            for (var c = 0; c <= r; c++)
            {
                var (rows, columns) = (End(r) - Start(r), (double)(End(c) - Start(c)));
                var pairs = r == c ? rows * (rows + 1.0) / 2 : rows * columns;
                matrix[r, c] = T.CreateTruncating(Row(r)[c] / pairs);
            }
        }

        return matrix;
    }
}
