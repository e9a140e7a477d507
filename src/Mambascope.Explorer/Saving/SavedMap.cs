using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Explorer.Answers;

namespace Mambascope.Explorer.Saving;

/// <summary>A map under the name that the page has for it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Map">The map, in single precision.</param>
internal sealed record SavedMap(string Name, RelevanceMap<float> Map)
{
    /// <summary>All of an explanation.</summary>
    internal static IReadOnlyList<SavedMap> Of<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. explanation.Maps.Zip(MapNames.Of(explanation), (map, name) => new SavedMap(name, Single(map.Map)))];

    private static RelevanceMap<float> Single<T>(RelevanceMap<T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            Values = Array.ConvertAll(map.Values, float.CreateTruncating),
            Rows = map.Rows,
            Columns = map.Columns,
            IsPixelwise = map.IsPixelwise,
            Degenerate = map.Degenerate,
        };
}
