using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Attribution;

namespace Mambascope.Cli;

/// <summary>An explanation in words and as JSON.</summary>
internal static class ExplanationReport
{
    private const int Top = 5;
    private const int TopInWords = 3;

    internal static void Write<T>(TextWriter output, Explanation<T> explanation, IEnumerable<string> files)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        output.WriteLine($"{Path.GetFileName(explanation.Request.Input)} to {explanation.Run.Classifier.Name}:");
        ClassScoresReport.Write(output, explanation.Run.Top(TopInWords));
        output.WriteLine();
        output.WriteLine($"Why {explanation.Target.Label}, as seen by the {explanation.TokenName}:");
        var table = new TextTable("", "", "");
        foreach (var (method, map) in explanation.Panels)
        {
            var (row, column) = Peak(map);
            var found = map.Degenerate ?? $"most relevant: patch in row {row + 1} of {map.Rows}, column {column + 1} of {map.Columns}";
            table.Add(method.Name, method.Form(explanation.Request.Options) ?? "", string.Join("; ", [found, .. Diagnostics(map)]));
        }

        table.Write(output, "  ");
        foreach (var file in files)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    internal static JsonObject Json<T>(Explanation<T> explanation, string? picture, string? tensors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            ["input"] = explanation.Request.Input,
            ["model"] = explanation.Run.Classifier.Name,
            ["precision"] = typeof(T) == typeof(double) ? "double" : "single",
            ["top"] = ClassScoresReport.Json(explanation.Run.Top(Top)),
            ["target"] = ClassScoresReport.Json(explanation.Target),
            ["token"] = explanation.Token < 0 ? null : explanation.Token,
            ["maps"] = new JsonArray([.. explanation.Panels.Select(panel => (JsonNode)Json(explanation.Request, panel.Method, panel.Map))]),
            ["checks"] = explanation.Check is { } check ? Json(check) : null,
            ["picture"] = picture,
            ["tensors"] = tensors,
        };

    /// <summary>What a method reports about itself, in words: "convergence error 0.0123".</summary>
    internal static IEnumerable<string> Diagnostics<T>(RelevanceMap<T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => map.Diagnostics.Select(entry => $"{entry.Key.Replace('_', ' ')} {entry.Value:G3}");

    /// <summary>The run's checks of itself.</summary>
    internal static JsonObject Json(SelfCheck check) => new()
    {
        ["alpha_u_equals_y"] = Number(check.ScanError),
        ["block_x_plus_bias_equals_gated"] = Number(check.BlockError),
        ["tolerance"] = check.Tolerance,
        ["passed"] = check.IsPassed,
        ["tokens"] = new JsonArray([.. check.Tokens.Select(token => (JsonNode)token)]),
    };

    /// <summary>Says so when hidden attention does not give the run back.</summary>
    internal static void WarnOf(Session session, SelfCheck? check)
    {
        if (check is { IsPassed: false })
        {
            session.Warn($"hidden attention does not quite give back what the model computed: relative error {check.ScanError:0.0E+0} of the scan, {check.BlockError:0.0E+0} of the mixer, expected at most {check.Tolerance:0E+0}; compare with --precision double");
        }
    }

    private static JsonObject Json<T>(ExplainRequest request, AttributionMethod method, RelevanceMap<T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (row, column) = Peak(map);
        return new()
        {
            ["method"] = method.Name,
            ["mode"] = method.Form(request.Options),
            ["rows"] = map.Rows,
            ["columns"] = map.Columns,
            ["minimum"] = double.CreateTruncating(map.Values.Min()),
            ["maximum"] = double.CreateTruncating(map.Values.Max()),
            ["peak"] = map.Degenerate is null ? new JsonObject { ["row"] = row, ["column"] = column } : null,
            ["degenerate"] = map.Degenerate,
            ["diagnostics"] = new JsonObject(map.Diagnostics.Select(entry => KeyValuePair.Create(entry.Key, Number(entry.Value)))),
        };
    }

    private static (int Row, int Column) Peak<T>(RelevanceMap<T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var at = 0;
        for (var i = 1; i < map.Values.Length; i++)
        {
            at = map.Values[i] > map.Values[at] ? i : at;
        }

        return (at / map.Columns, at % map.Columns);
    }

    // JSON has no NaN and no infinity.
    private static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;
}
