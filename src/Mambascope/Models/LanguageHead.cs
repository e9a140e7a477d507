using System.Diagnostics;
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
    public static IReadOnlyList<Knockout>? Check<T>(Tape<T> tape, IReadOnlyList<Knockout>? knockouts, int length, ModelShape model)
        where T : unmanaged
    {
        if (knockouts is { Count: > 0 } && tape.IsRecording)
        {
            throw new InvalidOperationException("A run with cut edges cannot be recorded: gradients would not know of the cuts");
        }

        foreach (var knockout in knockouts ?? [])
        {
            knockout.Check(length, model);
        }

        return knockouts;
    }

    /// <summary>Those that act in a layer.</summary>
    public static IReadOnlyList<Knockout> In(this IReadOnlyList<Knockout>? knockouts, int layer)
        => [.. (knockouts ?? []).Where(knockout => knockout.ActsIn(layer))];

    /// <summary>Those that act on a part of a layer.</summary>
    public static IReadOnlyList<Knockout> On(this IReadOnlyList<Knockout> knockouts, MixerShape? part)
        => knockouts.Count == 0 ? knockouts : [.. knockouts.Where(knockout => knockout.ActsOn(part))];

    /// <summary>Takes cut edges out of the output of a scan.</summary>
    public static void Cut<T>(this Tape<T> tape, ScanTrace<T> scan, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Head after head where one is cut by itself.
        var heads = cuts.Any(cut => cut.Heads is not null) ? scan.Heads ?? 1 : 1;
        var width = scan.Y.Data.Width / heads;
        for (var head = 0; head < heads; head++)
        {
            Knockout[] here = [.. cuts.Where(cut => heads == 1 || cut.ActsInHead(head))];
            if (here.Length > 0)
            {
                EdgeCut.Scan(
                    tape.Workers,
                    tape.Pool,
                    scan.ScanInputs,
                    [.. here.SelectMany(cut => cut.Sources)],
                    (output, source) => here.Any(cut => cut.Cuts(output, source)),
                    scan.Y.Data,
                    (head * width, width));
            }
        }
    }

    /// <summary>Takes cut edges out of the output of a convolution that stands before a scan, for those that cut its taps.</summary>
    /// <param name="tape">The run.</param>
    /// <param name="x">Input of the convolution.</param>
    /// <param name="conv">Its taps.</param>
    /// <param name="order">Order of the scan.</param>
    /// <param name="p">Its output.</param>
    /// <param name="cuts">What is cut.</param>
    /// <param name="innerWidth">Channels that heads share among them, E; those behind are of all heads (B and C).</param>
    /// <param name="heads">Heads.</param>
    public static void CutTaps<T>(
        this Tape<T> tape, Value<T> x, Weight conv, ScanOrder order, Value<T> p, IReadOnlyList<Knockout> cuts, int innerWidth,
        int heads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (cuts.Count == 0)
        {
            return;
        }

        Debug.Assert(!tape.IsRecording, "gradients would not know of the cuts");
        Knockout[] taps = [.. cuts.Where(cut => cut.CutsTaps)];
        if (Array.TrueForAll(taps, cut => cut.Heads is null))
        {
            Cut(taps, (0, p.Data.Width));
            return;
        }

        var width = innerWidth / heads;
        for (var head = 0; head < heads; head++)
        {
            Cut([.. taps.Where(cut => cut.ActsInHead(head))], (head * width, width));
        }

        Cut([.. taps.Where(cut => cut.Heads is null)], (innerWidth, p.Data.Width - innerWidth));

        void Cut(Knockout[] here, (int First, int Count) channels)
            => TapCut.Convolution(
                x.Data, conv, order, here.SelectMany(cut => cut.Sources), (output, source) => here.Any(cut => cut.Cuts(output, source)),
                p.Data, channels);
    }

    /// <summary>Lengths of a batch of equal lengths.</summary>
    public static int[] Lengths<T>(Activation<T> tokens)
        where T : unmanaged
        => [.. Enumerable.Repeat(tokens.Length, tokens.Batch)];
}
