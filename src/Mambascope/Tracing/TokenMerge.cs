using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>A token behind a merge and one in front of it, and the share that the first has of the second.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="After">Token behind the merge.</param>
/// <param name="Before">Token in front of it.</param>
/// <param name="Share">Entry S[After, Before].</param>
public readonly record struct TokenShare<T>(int After, int Before, T Share)
    where T : unmanaged;

/// <summary>
/// What joins tokens between the stages of a model: S (tokens behind, tokens in front), of which only the entries that are not zero are
/// kept. Relevance of the tokens behind, a row vector v, becomes v S over those in front. Rows that sum to one keep totals.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class TokenMerge<T>
    where T : unmanaged
{
    private readonly TokenShare<T>[] shares;

    /// <summary>States the matrix.</summary>
    /// <param name="before">Tokens in front of the merge.</param>
    /// <param name="after">Tokens behind it.</param>
    /// <param name="shares">Entries that are not zero.</param>
    /// <exception cref="ArgumentException">An entry of a token that does not exist.</exception>
    public TokenMerge(int before, int after, IEnumerable<TokenShare<T>> shares)
    {
        (Before, After, this.shares) = (before, after, [.. shares]);
        foreach (var share in this.shares)
        {
            if ((uint)share.After >= (uint)after || (uint)share.Before >= (uint)before)
            {
                throw new ArgumentException(
                    $"A merge of {before} tokens into {after} has no entry ({share.After}, {share.Before})", nameof(shares));
            }
        }
    }

    /// <summary>Tokens in front of the merge.</summary>
    public int Before { get; }

    /// <summary>Tokens behind it.</summary>
    public int After { get; }

    /// <summary>The entries that are not zero.</summary>
    public IReadOnlyList<TokenShare<T>> Shares => shares;
}

/// <summary>What a strided window over a grid of tokens joins.</summary>
internal static class TokenMerges
{
    /// <summary>
    /// S of a window that steps over a grid: every token shares itself out among the windows it lies in, 1 / their number each, and rows
    /// are scaled to sum one. (Even shares within a window would make a constant relevance come out as a pattern of the stride.)
    /// </summary>
    public static TokenMerge<T> Of<T>(GridShape before, GridWindow window)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var after = window.Over(before);
        var (down, across) = (Axis(before.Rows, after.Rows, window), Axis(before.Columns, after.Columns, window));
        return new(before.Count, after.Count,
            from row in Enumerable.Range(0, after.Rows)
            from column in Enumerable.Range(0, after.Columns)
            from vertical in down[row]
            from horizontal in across[column]
            select new TokenShare<T>(
                after.Token(row, column),
                before.Token(vertical.From, horizontal.From),
                T.CreateTruncating(vertical.Share * horizontal.Share)));
    }

    // S is a product of its axes: of each window along one axis, what it takes from where.
    private static (int From, double Share)[][] Axis(int before, int after, GridWindow window)
    {
        var covers = new int[before];
        int[][] seen = [.. Enumerable.Range(0, after).Select(at => Enumerable
            .Range((at * window.Stride) - window.Padding, window.Kernel)
            .Where(from => from >= 0 && from < before)
            .ToArray())];
        foreach (var from in seen.SelectMany(there => there))
        {
            covers[from]++;
        }

        return [.. seen.Select(there =>
        {
            var all = there.Sum(from => 1.0 / covers[from]);
            return there.Select(from => (from, 1.0 / covers[from] / all)).ToArray();
        })];
    }
}

/// <summary>Products with what joins tokens.</summary>
internal static class TokenMergeProduct
{
    /// <summary>v S: (Batch, tokens in front, 1) from (Batch, tokens behind, 1).</summary>
    public static Activation<T> Product<T>(this TokenMerge<T> merge, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = Activation<T>.Zeros(v.Batch, merge.Before, 1);
        foreach (var (after, before, share) in merge.Shares)
        {
            for (var item = 0; item < v.Batch; item++)
            {
                result.Row(item, before)[0] += v.Row(item, after)[0] * share;
            }
        }

        return result;
    }
}
