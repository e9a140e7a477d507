using System.Globalization;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Tracing;

namespace Mambascope.Cli.Explanations;

/// <summary>A knock-out trial for people.</summary>
internal static class KnockoutReport
{
    private const int TopBlocks = 12;

    internal static void Write(TextWriter output, KnockoutTrial trial, string? file)
    {
        var (first, request) = (trial.Effects[0], trial.Request);
        output.WriteLine(
            $"{trial.Subject.Name} ({trial.Subject.Length} tokens) to {trial.Model.Name}; next after token {trial.Position}: "
                + $"{Quote(trial, first.Target)}, {Percent(first.ProbabilityBefore)}, score {Number(first.ScoreBefore)}");
        output.WriteLine();
        var where = (request.Layers is null ? "in all layers" : $"in {Counted("layer", request.Layers)}")
            + (request.Kind is { } kind ? $", through {kind.Noun} only" : "")
            + (request.Heads is { } heads ? $", in {Counted("head", heads)} only" : "")
            + (request.CutsTaps ? ", convolutions included" : "");
        if (request.Experts is { } experts)
        {
            output.WriteLine($"Without {Counted("expert", experts)}, {where}:");
            WriteOutcome(output, trial);
        }
        else if (request.Sources is { } sources)
        {
            var who = request.Outputs is { } outputs
                ? $"{Counted("token", outputs)} {(outputs.Count == 1 ? "takes" : "take")}"
                : "later tokens take";
            output.WriteLine($"Without what {who} from {Counted("token", sources)}, {where}:");
            WriteOutcome(output, trial);
        }
        else
        {
            output.WriteLine($"By how much its score falls when one of them is cut off {where}:");
            WriteDrops(output, trial);
        }

        if (
            !request.CutsTaps && request.Experts is null && request.Kind != MixerKind.Softmax && CutsScans(trial))
        {
            output.WriteLine("The convolutions in front of the scans still pass each token on to the next few; --taps cuts that, too.");
        }

        if (file is not null)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    private static bool CutsScans(KnockoutTrial trial)
    {
        var layers = trial.Model.Model.Shape.Layers;
        return (trial.Request.Layers ?? [.. Enumerable.Range(0, layers.Count)])
            .Any(layer => layers[layer].Mixers.Any(mixer => mixer.Kind == MixerKind.Scan));
    }

    private static string Counted(string noun, IReadOnlyCollection<int> numbers)
        => $"{noun}{(numbers.Count == 1 ? "" : "s")} {string.Join(", ", numbers)}";

    private static void WriteOutcome(TextWriter output, KnockoutTrial trial)
    {
        var first = trial.Effects[0];
        output.WriteLine(
            $"  {Quote(trial, first.Target)} {Percent(first.ProbabilityAfter)}, score {Number(first.ScoreAfter)}, {Change(first)}; "
                + $"most likely is {Quote(trial, first.MostLikelyAfter)}");
    }

    private static void WriteDrops(TextWriter output, KnockoutTrial trial)
    {
        var (text, pieces, effects) = (trial.Subject.Read, trial.Pieces, trial.Effects);
        double[] drops = [.. effects.Select(effect => effect.ScoreDrop)];
        if (TerminalColors.Of(output) is { } colors)
        {
            var ofTokens = new double[text.Tokens.Count];
            foreach (var (piece, drop) in pieces.Zip(drops))
            {
                ofTokens.AsSpan(piece.First, piece.Count).Fill(drop);
            }

            var largest = drops.Max(Math.Abs);
            colors.Write(output, ShownPiece.Of(text), ofTokens, largest);
            output.WriteLine($"  {colors.Legend(largest, drops.Any(drop => drop < 0))}");
        }

        var table = new TextTable(" ", " ", "", "");
        foreach (var i in Enumerable.Range(0, pieces.Count).OrderByDescending(i => Math.Abs(drops[i])).ThenBy(i => i).Take(TopBlocks))
        {
            var after = effects[i].MostLikelyAfter;
            table.Add(
                Number(drops[i]),
                $"{pieces[i].First}",
                $"'{ShownText.Line(pieces[i].Text)}'",
                after == effects[i].Target ? "" : $"then {Quote(trial, after)} is most likely");
        }

        table.Write(output, "  ");
    }

    private static string Quote(KnockoutTrial trial, int id) => ReadText.Quote(trial.Model.Show(id), id);

    private static string Change(KnockoutEffect effect)
        => effect.ScoreDrop >= 0 ? $"{Number(effect.ScoreDrop)} lower" : $"{Number(-effect.ScoreDrop)} higher";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
