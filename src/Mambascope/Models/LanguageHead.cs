using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>What all language models share: from ids to vectors, and to which tokens the scores belong.</summary>
internal static class LanguageHead
{
    /// <summary>Embedded texts (B, L, d).</summary>
    public static Value<T> Embed<T>(this Tape<T> tape, TokenBatch tokens, Weight table)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        tokens.Check(table.Rows);
        return tape.Embedding(tokens.Ids, tokens.Batch, table);
    }

    /// <summary>The tokens to score, for texts of the given lengths.</summary>
    public static int[][] Of(ScorePositions? positions, IReadOnlyList<int> lengths)
        => [.. lengths.Select(length => (positions ?? ScorePositions.Last).Of(length, lengths.Max()))];

    /// <summary>Knockouts whose tokens and layers exist.</summary>
    public static IReadOnlyList<Knockout>? Check<T>(Tape<T> tape, IReadOnlyList<Knockout>? knockouts, int length, int depth)
        where T : unmanaged
    {
        if (knockouts is { Count: > 0 } && tape.IsRecording)
        {
            throw new InvalidOperationException("A run with cut edges cannot be recorded: gradients would not know of the cuts");
        }

        foreach (var knockout in knockouts ?? [])
        {
            knockout.Check(length, depth);
        }

        return knockouts;
    }

    /// <summary>Those that act in a layer.</summary>
    public static IReadOnlyList<Knockout> In(this IReadOnlyList<Knockout>? knockouts, int layer)
        => [.. (knockouts ?? []).Where(knockout => knockout.ActsIn(layer))];

    /// <summary>Takes cut edges out of the output of a scan.</summary>
    public static void Cut<T>(this Tape<T> tape, ScanTrace<T> scan, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (cuts.Count > 0)
        {
            EdgeCut.Scan(
                tape.Workers,
                tape.Pool,
                scan.ScanInputs,
                [.. cuts.SelectMany(cut => cut.Sources)],
                (output, source) => cuts.Any(cut => cut.Cuts(output, source)),
                scan.Y.Data);
        }
    }

    /// <summary>Lengths of a batch of equal lengths.</summary>
    public static int[] Lengths<T>(Activation<T> tokens)
        where T : unmanaged
        => [.. Enumerable.Repeat(tokens.Length, tokens.Batch)];
}
