using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>What all language models share: from ids to vectors, and to which tokens the scores belong.</summary>
internal static class LanguageHead
{
    /// <summary>Embedded texts (B, L, d).</summary>
    public static Value<T> Embed<T>(this Tape<T> tape, TokenBatch tokens, Numerics.Weight table)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        tokens.Check(table.Rows);
        return tape.Embedding(tokens.Ids, tokens.Batch, table);
    }

    /// <summary>The tokens to score, for texts of the given lengths.</summary>
    public static int[][] Of(ScorePositions? positions, IReadOnlyList<int> lengths)
        => [.. lengths.Select(length => (positions ?? ScorePositions.Last).Of(length, lengths.Max()))];

    /// <summary>Lengths of a batch of equal lengths.</summary>
    public static int[] Lengths<T>(Numerics.Activation<T> tokens)
        where T : unmanaged
        => [.. Enumerable.Repeat(tokens.Length, tokens.Batch)];
}
