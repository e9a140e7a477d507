using System.Numerics;
using System.Text.Json.Nodes;

namespace Mambascope.Application;

/// <summary>A continuation and its explanation as JSON.</summary>
public static class ContinuationJson
{
    /// <summary>All of it.</summary>
    public static JsonObject Of<T>(Continuation<T> continuation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(continuation);
        var (request, pieces) = (continuation.Request, continuation.Pieces);
        return new()
        {
            ["input"] = continuation.Prompt.InFull,
            ["model"] = continuation.Model.Name,
            ["method"] = request.Method.Name,
            ["mode"] = request.Method.Form(request.Options),
            ["methods_because"] = request.Because,
            ["note"] = request.Method.Caution(request.Options, continuation.Model.Reads),
            ["tokens"] = ExplanationJson.Of(continuation.Text.Tokens),
            ["first"] = continuation.First,
            ["columns"] = new JsonArray([
                .. pieces.Select(piece => new JsonObject
                {
                    ["first"] = piece.First,
                    ["tokens"] = piece.Count,
                    ["text"] = piece.Text,
                }),
            ]),
            ["rows"] = new JsonArray([
                .. continuation.Rows.Select(
                    (row, i) =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["column"] = row,
                                ["text"] = pieces[row].Text,
                                ["values"] = new JsonArray([
                                    .. continuation.Row(i).ToArray().Select(value => (JsonNode)double.CreateTruncating(value)),
                                ]),
                            }),
            ]),
        };
    }
}
