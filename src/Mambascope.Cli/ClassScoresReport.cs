using System.Text.Json.Nodes;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>Classes with their probabilities, for people and for machines.</summary>
internal static class ClassScoresReport
{
    internal static void Write(TextWriter output, IEnumerable<ClassScore> scores)
    {
        var table = new TextTable(" ", "", " ");
        foreach (var score in scores)
        {
            table.Add($"{score.Probability * 100:0.0} %", score.Label, score.Label == $"class {score.Index}" ? "" : $"class {score.Index}");
        }

        table.Write(output, "  ");
    }

    internal static JsonArray Json(IEnumerable<ClassScore> scores) => [.. scores.Select(score => (JsonNode)Json(score))];

    internal static JsonObject Json(ClassScore score)
        => new() { ["index"] = score.Index, ["label"] = score.Label, ["probability"] = score.Probability, ["logit"] = score.Score };
}
