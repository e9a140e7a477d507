using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;

namespace Mambascope.Explorer.Answers;

/// <summary>What the page calls the maps of an explanation: by their method, and by method and form where a method has several.</summary>
internal static class MapNames
{
    /// <summary>A name for each map.</summary>
    internal static IReadOnlyList<string> Of<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [
            .. explanation.Maps.Select(map => explanation.Maps.Count(other => other.Method.Name == map.Method.Name) == 1
                ? map.Method.Name
                : map.Name),
        ];

    /// <summary>The explanation as JSON, its maps under these names.</summary>
    internal static JsonObject About<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var about = ExplanationJson.Of(explanation);
        foreach (var (map, name) in about["maps"]!.AsArray().Zip(Of(explanation)))
        {
            map!["method"] = name;
        }

        return about;
    }
}
