using System.Text.Json.Nodes;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>Next tokens with their probabilities, for people and for machines.</summary>
internal static class TokenScoresReport
{
    internal static void Write(TextWriter output, IEnumerable<TokenScore> scores)
    {
        var table = new TextTable(" ", "", "");
        foreach (var score in scores)
        {
            table.Add($"{score.Probability * 100:0.0} %", score.Text == $"[{score.Id}]" ? "" : $"'{ShownText.Line(score.Text)}'", $"id {score.Id}");
        }

        table.Write(output, "  ");
    }

    internal static JsonArray Json(IEnumerable<TokenScore> scores) => [.. scores.Select(score => (JsonNode)Json(score))];

    internal static JsonObject Json(TokenScore score)
        => new() { ["id"] = score.Id, ["text"] = score.Text, ["probability"] = score.Probability, ["logit"] = score.Score };
}
