using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Cli.Explanations;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Cli.Comparing;

/// <summary>A comparison in words and as JSON.</summary>
internal static class ComparisonReport
{
    internal static void Write<T>(TextWriter output, CompareRequest request, IReadOnlyList<ComparedModel<T>> models)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var model in models)
        {
            ExplanationReport.Write(output, model.Explanation, files: []);
            output.WriteLine();
        }

        var agreements = Agreements(models);
        if (agreements.Count > 0)
        {
            output.WriteLine(
                "How alike the models' maps are (rank correlation over patches: 1 the same order, 0 unrelated, -1 the reverse):");
            var table = new TextTable("", "", " ");
            foreach (var (method, first, second, correlation) in agreements)
            {
                table.Add(
                    method,
                    $"{first}, {second}",
                    correlation is { } value ? value.ToString("0.00", CultureInfo.InvariantCulture) : "a map says nothing");
            }

            table.Write(output, "  ");
        }

        foreach (var file in request.Files.All)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    internal static JsonObject Json<T>(CompareRequest request, IReadOnlyList<ComparedModel<T>> models)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            ["input"] = request.Input.Path,
            ["precision"] = typeof(T) == typeof(double) ? "double" : "single",
            ["models"] = new JsonArray([.. models.Select(model => (JsonNode)Json(model))]),
            ["agreement"] = new JsonArray([.. Agreements(models).Select(entry => new JsonObject
            {
                ["method"] = entry.Method,
                ["models"] = new JsonArray(entry.First, entry.Second),
                ["rank_correlation"] = entry.Correlation,
            })]),
            ["picture"] = request.Files.Picture,
            ["matrices"] = request.Files.Matrices,
            ["tensors"] = request.Files.Tensors,
        };

    // As explain prints it, with what differs from model to model only.
    private static JsonObject Json<T>(ComparedModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var json = ExplanationJson.Of(model.Explanation);
        foreach (var shared in new[] { "input", "precision" })
        {
            json.Remove(shared);
        }

        json["model"] = model.Name;
        foreach (var (map, column) in json["maps"]!.AsArray().Zip(model.Columns.Where(column => column.Map is not null)))
        {
            map!["asked"] = column.Asked;
        }

        json["cannot"] = new JsonArray([
            .. model.Columns.Where(column => column is { Map: null, Asked.Length: > 0 }).Select(column => (JsonNode)column.Asked),
        ]);

        json["matrices"] = new JsonArray([
            .. model.Matrices.Select(matrix => new JsonObject
            {
                ["layer"] = matrix.Layer,
                ["depth"] = matrix.Depth,
                ["tokens"] = matrix.Tokens,
                ["largest"] = matrix.Largest,
            }),
        ]);
        return json;
    }

    // Every pair of models whose maps have the same grid; null where one of them says nothing.
    private static List<(string Method, string First, string Second, double? Correlation)> Agreements<T>(
        IReadOnlyList<ComparedModel<T>> models)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var found = new List<(string, string, string, double?)>();
        for (var at = 0; at < models[0].Columns.Count; at++)
        {
            for (var i = 0; i < models.Count; i++)
            {
                for (var j = i + 1; j < models.Count; j++)
                {
                    var (one, other) = (models[i].Columns[at], models[j].Columns[at]);
                    if (one.Map?.Map is { } first && other.Map?.Map is { } second
                        && (first.Rows, first.Columns) == (second.Rows, second.Columns))
                    {
                        double? correlation =
                            first.Degenerate is null && second.Degenerate is null
                                ? Correlation.Spearman(Singles(first.Values), Singles(second.Values))
                                : null;
                        var method = one.Asked == other.Asked ? one.Asked : $"{one.Asked}, {other.Asked}";
                        found.Add((method, models[i].Name, models[j].Name, correlation));
                    }
                }
            }
        }

        return found;

        static float[] Singles(T[] values) => Array.ConvertAll(values, float.CreateTruncating);
    }
}
