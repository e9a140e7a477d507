using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Numerics;

namespace Mambascope.Cli.Texts;

/// <summary>An explanation of text for people (coloured text in a terminal, a table elsewhere) and as JSON.</summary>
internal static class TextExplanationReport
{
    private const int NextTokens = 5;
    private const int NextTokensInWords = 3;
    private const int TopTokens = 8;

    internal static void Write<T>(Session session, TextExplanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (output, request) = (session.Out, explanation.Request);
        output.WriteLine($"{request.Input} ({explanation.Text.Tokens.Count} tokens) to {explanation.Model.Name}; next {explanation.Place}:");
        TokenScoresReport.Write(output, explanation.Top(NextTokensInWords));
        output.WriteLine();
        output.WriteLine($"Why {explanation.Question}:");
        var colors = TerminalColors.Of(output);
        foreach (var (method, map) in explanation.Panels)
        {
            var note = explanation.Note(method, map);
            output.WriteLine($"{(colors is null ? "" : "\n")}  {method.Name}{(note.Length > 0 ? $" ({note})" : "")}");
            var (values, largest) = TextExplanation<T>.Values(map);
            if (colors is not null)
            {
                colors.Write(output, ShownPiece.Of(explanation.Text), values, largest);
                output.WriteLine($"  {colors.Legend(largest, values.Any(value => value < 0))}");
            }
            else if (map.Degenerate is null)
            {
                WriteTable(output, explanation, values);
            }
        }

        foreach (var file in new[] { request.Picture, request.Tensors }.OfType<string>())
        {
            output.WriteLine($"wrote {file}");
        }
    }

    internal static JsonObject Json<T>(TextExplanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            ["input"] = explanation.Input.InFull,
            ["model"] = explanation.Model.Name,
            ["precision"] = typeof(T) == typeof(double) ? "double" : "single",
            ["tokens"] = new JsonArray([.. explanation.Text.Tokens.Select(token => (JsonNode)new JsonObject { ["id"] = token.Id, ["text"] = token.Text, ["start"] = token.Start, ["end"] = token.End })]),
            ["position"] = explanation.Position,
            ["top"] = TokenScoresReport.Json(explanation.Top(NextTokens)),
            ["target"] = TokenScoresReport.Json(explanation.Target),
            ["against"] = explanation.Against is { } against ? TokenScoresReport.Json(against) : null,
            ["maps"] = new JsonArray([.. explanation.Panels.Select(panel => (JsonNode)Json(explanation, panel.Method, panel.Map))]),
            ["checks"] = explanation.Check is { } check ? ExplanationReport.Json(check) : null,
            ["page"] = explanation.Request.Picture,
            ["tensors"] = explanation.Request.Tensors,
        };

    private static JsonObject Json<T>(TextExplanation<T> explanation, AttributionMethod method, RelevanceMap<T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, _) = TextExplanation<T>.Values(map);
        return new()
        {
            ["method"] = method.Name,
            ["mode"] = method.Form(explanation.Request.Options),
            ["minimum"] = values.Min(),
            ["maximum"] = values.Max(),
            ["peak"] = map.Degenerate is null ? ArgMax.Of(values) : null,
            ["values"] = new JsonArray([.. values.Select(value => (JsonNode)value)]),
            ["degenerate"] = map.Degenerate,
            ["diagnostics"] = new JsonObject(map.Diagnostics.Select(entry => KeyValuePair.Create(entry.Key, double.IsFinite(entry.Value) ? (JsonNode?)entry.Value : null))),
        };
    }

    // The tokens that matter most either way, strongest first.
    private static void WriteTable<T>(TextWriter output, TextExplanation<T> explanation, double[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var table = new TextTable(" ", " ", "");
        foreach (var t in Enumerable.Range(0, values.Length).Where(t => values[t] != 0).OrderByDescending(t => Math.Abs(values[t])).ThenBy(t => t).Take(TopTokens))
        {
            var token = explanation.Text.Tokens[t];
            table.Add(values[t].ToString("G4", CultureInfo.InvariantCulture), $"token {t}", ReadText.Quote(token.Text, token.Id));
        }

        table.Write(output, "    ");
    }
}
