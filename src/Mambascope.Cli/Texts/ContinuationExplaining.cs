using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Imaging;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>A continuation, generated or given, with the relevance of all that came before for each of its tokens.</summary>
/// <param name="Input">The prompt.</param>
/// <param name="Model">Who goes on.</param>
/// <param name="Method">How each step is explained.</param>
/// <param name="Options">Its options.</param>
/// <param name="Generate">Tokens to generate.</param>
/// <param name="Given">A continuation in place of a generated one.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Blocks">How tokens are joined to rows and columns.</param>
/// <param name="IsJoined">Whether they are.</param>
/// <param name="Colors">Colours of the picture.</param>
/// <param name="File">File of the matrix, or null.</param>
internal sealed record ContinuationExplaining(
    TextInput Input, TextModel Model, AttributionMethod Method, AttributionOptions Options, int Generate, string? Given, SamplingOptions Sampling,
    Func<ReadText, IReadOnlyList<ShownPiece>> Blocks, bool IsJoined, ColorMap? Colors, string? File)
{
    // Every step is explained from one recorded run.
    private const int Longest = TextExplaining.LongestRecorded;
    private const int Sources = 3;

    internal void Execute<T>(Session session)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var prompt = Input.Read(session, Model);
        var (text, first) = Continued<T>(session, prompt);
        if (text.Tokens.Count > Longest)
        {
            throw new BadInputException($"prompt and continuation have {text.Tokens.Count:N0} tokens; each step of a text of at most {Longest:N0} can be explained: shorten the prompt");
        }

        var pieces = Blocks(text); // refuses before the work starts
        var map = session.Progress.During("explaining every step", () => ContinuationMap.Explain<T>(Model.Model, Model.Workers, text.Ids, first, Method.Name, Options));
        var rows = pieces.Index().Where(piece => piece.Item.First + piece.Item.Count > first).Select(piece => piece.Index).ToArray();
        var values = Joined(map, pieces, rows);
        if (File is { } file)
        {
            MatrixFile.Write(file, "continuation", [rows.Length, pieces.Count], values, () => Plot(values, pieces, rows));
        }

        if (session.Json)
        {
            session.WriteJson(Json(text, first, pieces, rows, values));
        }
        else
        {
            Write(session.Out, prompt, text, first, pieces, rows, values);
        }
    }

    private (ReadText Text, int First) Continued<T>(Session session, ReadText prompt)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Given is { } words)
        {
            int[] ids = [.. prompt.Ids, .. Model.Encode(words).Select(token => token.Id)];
            return (ReadText.OfTokens(Model, Model.Locate(ids)), prompt.Tokens.Count);
        }

        var sampler = new TokenSampler(Sampling);
        var ends = Model.EndTokens;
        return session.Progress.During($"generating {Generate} tokens", () =>
        {
            var generation = new TextGeneration<T>(Model.Model, Model.Workers);
            generation.Read(prompt.Ids);
            var ids = prompt.Ids.ToList();
            do
            {
                ids.Add(generation.Next(sampler).Id);
            }
            while (ids.Count < prompt.Tokens.Count + Generate && !ends.Contains(ids[^1]));
            return (ReadText.OfTokens(Model, Model.Locate(ids)), prompt.Tokens.Count);
        });
    }

    // Sums over the tokens of each row's and each column's piece.
    private static T[] Joined<T>(ContinuationMap<T> map, IReadOnlyList<ShownPiece> pieces, int[] rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[rows.Length * pieces.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = pieces[rows[i]];
            for (var t = Math.Max(row.First, map.First); t < row.First + row.Count; t++)
            {
                for (var c = 0; c < pieces.Count; c++)
                {
                    foreach (var value in map.Rows[t - map.First].Values.AsSpan(pieces[c].First, pieces[c].Count))
                    {
                        values[(i * pieces.Count) + c] += value;
                    }
                }
            }
        }

        return values;
    }

    private MatrixPlot Plot<T>(T[] values, IReadOnlyList<ShownPiece> pieces, int[] rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new([.. values.Select(float.CreateTruncating)], rows.Length, pieces.Count, "What each step of the continuation goes back to")
        {
            Subtitle = $"{Input.Name} · {Model.Name} · {MethodName}",
            RowTitle = IsJoined ? "chosen" : "chosen token",
            ColumnTitle = "relevance of",
            TokenLabels = [.. pieces.Select(piece => ShownText.Label(IsJoined ? piece.Text.Trim() : piece.Text))],
            FirstRow = rows[0],
            ColorMap = Colors,
        };

    private string MethodName => Method.Form(Options) is { } form ? $"{Method.Name} ({form})" : Method.Name;

    private JsonObject Json<T>(ReadText text, int first, IReadOnlyList<ShownPiece> pieces, int[] rows, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            ["input"] = Input.InFull,
            ["model"] = Model.Name,
            ["method"] = Method.Name,
            ["mode"] = Method.Form(Options),
            ["tokens"] = new JsonArray([.. text.Tokens.Select(token => (JsonNode)new JsonObject { ["id"] = token.Id, ["text"] = token.Text, ["start"] = token.Start, ["end"] = token.End })]),
            ["first"] = first,
            ["columns"] = new JsonArray([.. pieces.Select(piece => new JsonObject { ["first"] = piece.First, ["tokens"] = piece.Count, ["text"] = piece.Text })]),
            ["rows"] = new JsonArray([.. rows.Select((row, i) => (JsonNode)new JsonObject
            {
                ["column"] = row,
                ["text"] = pieces[row].Text,
                ["values"] = new JsonArray([.. values.Skip(i * pieces.Count).Take(pieces.Count).Select(value => (JsonNode)double.CreateTruncating(value))]),
            })]),
            ["file"] = File,
        };

    // A line a step: what came, and what it mostly goes back to.
    private void Write<T>(TextWriter output, ReadText prompt, ReadText text, int first, IReadOnlyList<ShownPiece> pieces, int[] rows, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        output.WriteLine($"{Input.Name} ({prompt.Tokens.Count} tokens) to {Model.Name}, {(Given is null ? "which goes on" : "and what follows")}:");
        output.WriteLine($"  {ShownText.Line(string.Concat(pieces.Count == 0 ? "" : text.Text.Length == 0 ? string.Join(',', text.Ids[first..]) : text.Text[Math.Min(text.Text.Length, text.Tokens[first].Start)..]))}");
        output.WriteLine();
        output.WriteLine($"What each step goes back to, by {MethodName}, strongest first:");
        var table = new TextTable(" ", "", "");
        for (var i = 0; i < rows.Length; i++)
        {
            double[] row = [.. values.Skip(i * pieces.Count).Take(pieces.Count).Select(double.CreateTruncating)];
            var strongest = Enumerable.Range(0, row.Length).Where(c => row[c] != 0).OrderByDescending(c => Math.Abs(row[c])).ThenBy(c => c).Take(Sources);
            table.Add($"{pieces[rows[i]].First}", $"'{ShownText.Line(pieces[rows[i]].Text)}'", string.Join("   ", strongest.Select(c => $"{pieces[c].First} '{ShownText.Line(pieces[c].Text)}' {row[c].ToString("G3", CultureInfo.InvariantCulture)}")));
        }

        table.Write(output, "  ");
        if (File is not null)
        {
            output.WriteLine($"wrote {File}");
        }
    }
}
