using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>Runs a text with tokens cut off, all at once or in turn.</summary>
/// <param name="Input">The text.</param>
/// <param name="Model">The model.</param>
/// <param name="Sources">Tokens that are cut off together; null for each block in turn.</param>
/// <param name="Outputs">Tokens that no longer hear them; null for all after them.</param>
/// <param name="Layers">Where; null for all layers.</param>
/// <param name="CutsSelf">Whether a token loses what it takes from itself.</param>
/// <param name="Position">Token after which the next one is asked for; null for the last.</param>
/// <param name="Target">Token id that is watched; null for the most likely one.</param>
/// <param name="Blocks">What is cut off in turn.</param>
/// <param name="Tensors">File for numbers, or null.</param>
internal sealed record KnockoutTrial(
    TextInput Input, TextModel Model, int[]? Sources, int[]? Outputs, int[]? Layers, bool CutsSelf, int? Position, int? Target, Func<ReadText, IReadOnlyList<ShownPiece>> Blocks, string? Tensors)
{
    private const int TopBlocks = 12;

    internal void Execute<T>(Session session)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var text = Input.Read(session, Model);
        var position = Position ?? (text.Tokens.Count - 1);
        if (position >= text.Tokens.Count)
        {
            throw new BadInputException($"position {position} does not exist; the text has tokens 0 to {text.Tokens.Count - 1}");
        }

        // What comes after the asked position has no part in it.
        text = text with { Tokens = [.. text.Tokens.Take(position + 1)] };
        ShownPiece[] pieces = Sources is null ? [.. Blocks(text)] : [new("", Sources[0], Sources.Length)];
        var effects = session.Progress.During("cutting edges", say => pieces.Select((piece, i) =>
        {
            say($"cutting edges: {i} of {pieces.Length} runs");
            int[] cut = Sources ?? [.. Enumerable.Range(piece.First, piece.Count)];
            return KnockoutEffect.Of<T>(Model.Model, Model.Workers, text.Ids, [new() { Sources = cut, Targets = Outputs, Layers = Layers, CutsSelf = CutsSelf }], position, Target);
        }).ToArray());
        if (Tensors is { } file)
        {
            Save(file, text, effects);
        }

        if (session.Json)
        {
            session.WriteJson(Json(text, position, pieces, effects));
        }
        else
        {
            Write(session.Out, text, position, pieces, effects);
        }
    }

    private static void Save(string file, ReadText text, KnockoutEffect[] effects)
    {
        var writer = new SafetensorsWriter();
        writer.Add("drop", [effects.Length], effects.Select(effect => effect.ScoreDrop).ToArray());
        writer.Add("target", [1], new long[] { effects[0].Target });
        writer.Add("input_ids", [text.Tokens.Count], text.Ids.Select(id => (long)id).ToArray());
        Interruption.Shield(() => writer.Save(file));
    }

    private JsonObject Json(ReadText text, int position, ShownPiece[] pieces, KnockoutEffect[] effects) => new()
    {
        ["input"] = Input.InFull,
        ["model"] = Model.Name,
        ["tokens"] = text.Tokens.Count,
        ["position"] = position,
        ["target"] = new JsonObject { ["id"] = effects[0].Target, ["text"] = Model.Show(effects[0].Target), ["logit"] = effects[0].ScoreBefore, ["probability"] = effects[0].ProbabilityBefore },
        ["layers"] = Layers is null ? null : new JsonArray([.. Layers.Select(layer => (JsonNode)layer)]),
        ["knockouts"] = new JsonArray([.. pieces.Zip(effects, (piece, effect) => (JsonNode)new JsonObject
        {
            ["sources"] = new JsonArray([.. (Sources ?? Enumerable.Range(piece.First, piece.Count)).Select(token => (JsonNode)token)]),
            ["text"] = Sources is null ? piece.Text : string.Concat(Sources.Select(token => text.Tokens[token].Text)),
            ["logit"] = effect.ScoreAfter,
            ["probability"] = effect.ProbabilityAfter,
            ["drop"] = effect.ScoreDrop,
            ["most_likely"] = new JsonObject { ["id"] = effect.MostLikelyAfter, ["text"] = Model.Show(effect.MostLikelyAfter) },
        })]),
        ["tensors"] = Tensors,
    };

    private void Write(TextWriter output, ReadText text, int position, ShownPiece[] pieces, KnockoutEffect[] effects)
    {
        var first = effects[0];
        output.WriteLine($"{Input.Name} ({text.Tokens.Count} tokens) to {Model.Name}; next after token {position}: {ReadText.Quote(Model.Show(first.Target), first.Target)}, {Percent(first.ProbabilityBefore)}, score {Number(first.ScoreBefore)}");
        output.WriteLine();
        var where = Layers is null ? "in all layers" : $"in layers {string.Join(", ", Layers)}";
        if (Sources is not null)
        {
            output.WriteLine($"Without what {(Outputs is null ? "later tokens take" : $"tokens {string.Join(", ", Outputs)} take")} from tokens {string.Join(", ", Sources)}, {where}:");
            output.WriteLine($"  {ReadText.Quote(Model.Show(first.Target), first.Target)} {Percent(first.ProbabilityAfter)}, score {Number(first.ScoreAfter)}, {Change(first)}; most likely is {ReadText.Quote(Model.Show(first.MostLikelyAfter), first.MostLikelyAfter)}");
        }
        else
        {
            output.WriteLine($"By how much its score falls when one of them is cut off {where}:");
            double[] drops = [.. effects.Select(effect => effect.ScoreDrop)];
            WriteDrops(output, text, pieces, effects, drops);
        }

        if (Tensors is not null)
        {
            output.WriteLine($"wrote {Tensors}");
        }
    }

    private void WriteDrops(TextWriter output, ReadText text, ShownPiece[] pieces, KnockoutEffect[] effects, double[] drops)
    {
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
        foreach (var i in Enumerable.Range(0, pieces.Length).OrderByDescending(i => Math.Abs(drops[i])).ThenBy(i => i).Take(TopBlocks))
        {
            var after = effects[i].MostLikelyAfter;
            table.Add(Number(drops[i]), $"{pieces[i].First}", $"'{ShownText.Line(pieces[i].Text)}'", after == effects[i].Target ? "" : $"then {ReadText.Quote(Model.Show(after), after)} is most likely");
        }

        table.Write(output, "  ");
    }

    private static string Change(KnockoutEffect effect) => effect.ScoreDrop >= 0 ? $"{Number(effect.ScoreDrop)} lower" : $"{Number(-effect.ScoreDrop)} higher";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
