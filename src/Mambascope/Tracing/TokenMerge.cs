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

/// <summary>Products with what joins tokens.</summary>
public static class TokenMergeProduct
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
