using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;

namespace Mambascope.Application;

/// <summary>What there is to say of a series, or a row of a table, as JSON.</summary>
public static class SeriesJson
{
    /// <summary>The case: what it is called, how long it is, what its channels or columns are.</summary>
    public static JsonObject Of(SeriesSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var format = subject.Format;
        return new()
        {
            ["case"] = subject.Case.Name,
            ["label"] = subject.Case.Label,
            ["steps"] = subject.IsOfSteps ? subject.Case.Length : null,
            [subject.IsOfSteps ? "channels" : "columns"] = new JsonArray([.. format.Variables.Select(variable => (JsonNode)variable.Name)]),
            ["units"] = new JsonArray([.. format.Variables.Select(variable => (JsonNode?)variable.Unit)]),
            ["time_unit"] = format.TimeUnit,
            ["missing"] = subject.Case.Missing,
        };
    }

    /// <summary>Relevance of every value of the input, a list a step; null where the method stops at tokens.</summary>
    internal static JsonArray? Inputs<T>(RelevanceMap<T> map, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => map.InputValues is null
            ? null
            : new([
                .. map.InputValues.Chunk(width).Select(step => (JsonNode)new JsonArray([
                    .. step.Select(double.CreateTruncating).Select(value => double.IsFinite(value) ? (JsonNode?)value : null),
                ])),
            ]);
}
