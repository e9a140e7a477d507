using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Inputs.Text;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>An explanation as JSON, as the command line prints it and a page reads it.</summary>
public static class ExplanationJson
{
    private const int Top = 5;

    /// <summary>All of it.</summary>
    public static JsonObject Of<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(explanation);
        var (reads, text) = (explanation.Model.Reads, explanation.Subject as TextSubject);
        var result = new JsonObject
        {
            ["input"] = explanation.Subject.InFull,
            ["model"] = explanation.Model.Name,
            ["precision"] = Precision<T>(),
        };
        if (text is not null)
        {
            result["tokens"] = Of(text.Read.Tokens);
            result["position"] = explanation.Token;
        }
        else if (explanation.Subject is PictureSubject picture)
        {
            result["preprocessing"] = PreprocessingJson.Of(picture);
        }
        else if (explanation.Subject is SeriesSubject series)
        {
            result["series"] = SeriesJson.Of(series);
        }

        result["top"] = Of(explanation.Top(Top), reads);
        result["target"] = Of(explanation.Target, reads);
        if (text is not null)
        {
            result["against"] = explanation.Against is { } against ? Of(against, reads) : null;
        }
        else
        {
            result["token"] = explanation.Token < 0 ? null : explanation.Token;
        }

        result["methods_because"] = explanation.Because;
        result["maps"] = new JsonArray([.. explanation.Maps.Select(map =>
        {
            var found = Of(map, explanation.NoteOn(map), explanation.Subject is not PictureSubject);
            if (explanation.Subject is SeriesSubject { Case: var one })
            {
                found["input_values"] = SeriesJson.Inputs(map.Map, one.Width);
            }

            return (JsonNode)found;
        })]);
        if (explanation.Shares is { } shares)
        {
            result["layers"] = new JsonArray([.. shares.Select(layer => (JsonNode)Of(layer))]);
        }

        if (explanation.Experts.Count > 0)
        {
            result["experts"] = ChosenExperts.Json(explanation.Experts);
        }

        result["checks"] = explanation.Check is { } check ? Of(check) : null;
        return result;
    }

    /// <summary>Answers with their probabilities.</summary>
    public static JsonArray Of(IEnumerable<Prediction> answers, ModelInput reads)
        => [.. answers.Select(answer => (JsonNode)Of(answer, reads))];

    /// <summary>An answer: a class with index and label, a token with id and text, or a number with label, value and unit.</summary>
    public static JsonObject Of(Prediction answer, ModelInput reads)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var (index, label) = reads == ModelInput.Text ? ("id", "text") : ("index", "label");
        JsonObject json = new() { [index] = answer.Index, [label] = answer.Label };
        if (answer.Value is { } value)
        {
            (json["value"], json["unit"], json["output"]) = (value, answer.Unit, answer.Score);
        }
        else
        {
            (json["probability"], json["logit"]) = (answer.Probability, answer.Score);
        }

        return json;
    }

    /// <summary>Tokens and where they stand in the text.</summary>
    public static JsonArray Of(IEnumerable<TextToken> tokens)
        => [
            .. tokens.Select(token =>
                (JsonNode)
                    new JsonObject
                    {
                        ["id"] = token.Id,
                        ["text"] = token.Text,
                        ["start"] = token.Start,
                        ["end"] = token.End,
                    }),
        ];

    /// <summary>A run's checks of itself.</summary>
    public static JsonObject Of(SelfCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return new()
        {
            ["alpha_u_equals_y"] = Number(check.ScanError),
            ["block_x_plus_bias_equals_gated"] = Number(check.BlockError),
            ["tolerance"] = check.Tolerance,
            ["passed"] = check.IsPassed,
            ["tokens"] = new JsonArray([.. check.Tokens.Select(token => (JsonNode)token)]),
        };
    }

    // How much of the score goes through each kind of part.
    private static JsonObject Of(LayerShares layer)
    {
        var result = new JsonObject { ["layer"] = layer.Layer };
        foreach (var (part, relevance) in layer.Parts)
        {
            result[part.ToLowerInvariant()] = Number(relevance);
        }

        return result;
    }

    /// <summary>"single" or "double".</summary>
    public static string Precision<T>() => typeof(T) == typeof(double) ? "double" : "single";

    // Of a picture row after row.
    private static JsonObject Of<T>(MethodMap<T> found, string? note, bool isOneRow)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (map, (values, _)) = (found.Map, found.Values());
        var peak = Array.IndexOf(values, values.Max());
        var result = new JsonObject { ["method"] = found.Method.Name, ["mode"] = found.Form };
        if (!isOneRow)
        {
            result["rows"] = map.Rows;
            result["columns"] = map.Columns;
        }

        result["minimum"] = Number(values.Min());
        result["maximum"] = Number(values.Max());
        result["peak"] =
            map.Degenerate is not null ? null
            : isOneRow ? (JsonNode)peak
            : new JsonObject { ["row"] = peak / map.Columns, ["column"] = peak % map.Columns };
        result["values"] = new JsonArray([.. values.Select(Number)]);

        result["degenerate"] = map.Degenerate;
        result["note"] = note;
        result["sanity"] = found.Dependence is { } dependence ? Of(dependence) : null;
        result["diagnostics"] = new JsonObject(map.Diagnostics.Select(entry => KeyValuePair.Create(entry.Key, Number(entry.Value))));
        return result;
    }

    private static JsonObject Of(WeightDependence dependence)
    {
        var similarity = dependence.Similarity;
        return new()
        {
            ["models"] = dependence.Draws.Count,
            ["similarity"] = similarity.Mean,
            ["similarity_lower"] = similarity.Lower,
            ["similarity_upper"] = similarity.Upper,
            ["absolute_correlation"] = dependence.AbsoluteCorrelation,
            ["ssim"] = Number(dependence.Ssim),
            ["chance"] = dependence.Chance,
            ["hardly_depends"] = dependence.HardlyDepends,
        };
    }

    // JSON has no NaN and no infinity.
    private static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;
}
