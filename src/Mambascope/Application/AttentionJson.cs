using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>What there is to say of an attention matrix as JSON; its values are another's matter.</summary>
public static class AttentionJson
{
    /// <summary>All of it.</summary>
    public static JsonObject Of<T>(ShownAttention<T> attention)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(attention);
        var result = new JsonObject
        {
            ["input"] = attention.Subject is TextSubject ? attention.Subject.Name : attention.Subject.InFull,
            ["model"] = attention.Model.Name,
            ["precision"] = ExplanationJson.Precision<T>(),
            ["layer"] = attention.Request.Layer,
        };
        if (attention.Request.Stage is { } stage)
        {
            result["stage"] = stage;
        }

        if (attention.Subject is PictureSubject picture)
        {
            result["preprocessing"] = PreprocessingJson.Of(picture);
        }
        else if (attention.Subject is SeriesSubject series)
        {
            result["series"] = SeriesJson.Of(series);
        }

        if (attention.Blocks is { } blocks)
        {
            result["view"] = Word(attention.Request.View);
            result["tokens"] = ((TextSubject)attention.Subject).Length;
            result["blocks"] = new JsonArray([
                .. blocks.Select(block => new JsonObject
                {
                    ["first"] = block.First,
                    ["tokens"] = block.Count,
                    ["text"] = block.Text,
                }),
            ]);
        }
        else
        {
            AddOneOf(attention, result);
        }

        result["minimum"] = attention.Least;
        result["maximum"] = attention.Greatest;
        if (attention.Beside.Count > 0)
        {
            result["kind"] = attention.Kind.Name;
            result["beside"] = new JsonArray([
                .. attention.Beside.Select(other => (JsonNode)new JsonObject
                {
                    ["kind"] = other.Kind.Name,
                    ["minimum"] = other.Least,
                    ["maximum"] = other.Greatest,
                }),
            ]);
        }

        if (attention.Blocks is null)
        {
            result["checks"] = attention.Check is { } check ? ExplanationJson.Of(check) : null;
        }

        return result;
    }

    /// <summary>All there is to say of a token's maps but their values.</summary>
    public static JsonObject Of<T>(TokenAttention<T> attention)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(attention);
        return new()
        {
            ["input"] = attention.Subject.InFull,
            ["model"] = attention.Model.Name,
            ["precision"] = ExplanationJson.Precision<T>(),
            ["layer"] = attention.Request.Layer,
            ["stage"] = attention.Request.Stage,
            ["channel"] = attention.Request.Channel,
            ["view"] = Word(attention.Request.View),
            ["token"] = new JsonArray(attention.Place.Row, attention.Place.Column),
            ["grid"] = new JsonArray(attention.Grid.Rows, attention.Grid.Columns),
            ["maps"] = new JsonArray([
                .. attention.Maps.Select(path => new JsonObject
                {
                    ["scan"] = path.Name,
                    ["minimum"] = double.CreateTruncating(path.Map.Values.Min()),
                    ["maximum"] = double.CreateTruncating(path.Map.Values.Max()),
                }),
            ]),
            ["checks"] = attention.Check is { } check ? ExplanationJson.Of(check) : null,
        };
    }

    private static void AddOneOf<T>(ShownAttention<T> attention, JsonObject result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (request, ranked) = (attention.Request, attention.Ranked);
        result["channel"] = request.Channel;
        result["top_channels"] = ranked is null
            ? null
            : new JsonArray([
                .. ranked.Select(entry => new JsonObject
                {
                    ["channel"] = entry.Channel,
                    ["weight"] = double.CreateTruncating(entry.Weight),
                }),
            ]);
        result["head"] = request.Head;
        result["reduce"] =
            request.Channel is not null || request.Head is not null ? null
            : request.Sign == SignRule.Absolute ? "abs-mean"
            : "mean";
        result["direction"] =
            attention.Kind != MixerKind.Scan ? null
            : attention.Model.Reads == ModelInput.Text ? "forward"
            : Word(request.Directions);
        result["view"] = attention.Kind != MixerKind.Scan ? null : Word(request.View);
        result["tokens"] = attention.Matrix.Length;
        result["class_token"] = attention.ClassToken;
    }

    private static string Word<TValue>(TValue value)
        where TValue : struct, Enum
        => value.ToString().ToLowerInvariant();
}
