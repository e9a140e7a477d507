using System.CommandLine;
using Mambascope.Imaging;

namespace Mambascope.Cli;

/// <summary>How relevance maps are coloured on a picture.</summary>
/// <param name="Colors">The colours; null for the standard ones: both sides of 0 for signed maps, from 0 up for the others.</param>
/// <param name="Range">Between which values the colours run.</param>
internal sealed record MapColors(ColorMap? Colors, MapRange Range)
{
    /// <summary>For a panel of a sheet.</summary>
    internal HeatMapOptions Options => new() { ColorMap = Colors, Range = Range };
}

/// <summary>The options --color and --scale of the verbs that draw relevance maps.</summary>
internal sealed class MapColorOptions
{
    private readonly Option<ColorMap?> colors = OptionKinds.Choice(
        "--color",
        "Colours of the maps [default: diverging, centred on 0, for maps with negative values, else warm]",
        [.. ColorMap.All.Select(map => (map.Name, (ColorMap?)map))]);

    private readonly Option<MapRange?> range = OptionKinds.Choice<MapRange?>(
        "--scale",
        "Colours from 0, equally far to both sides where there are negative values; or from the least to the greatest value, as the papers "
            + "draw them, with --color jet [default: from-zero]",
        [("from-zero", MapRange.FromZero), ("min-max", MapRange.MinMax)]);

    /// <summary>Both, for a verb.</summary>
    internal IReadOnlyList<Option> All => [colors, range];

    /// <summary>What was asked for.</summary>
    internal MapColors Read(ParseResult arguments) => new(arguments.GetValue(colors), arguments.GetValue(range) ?? MapRange.FromZero);
}
