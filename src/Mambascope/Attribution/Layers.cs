using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>Which layers take part in a method.</summary>
internal static class Layers
{
    /// <summary>The layers from the start layer on; the default start is 0, or floor(15 depth / 24) in official mode.</summary>
    public static (IReadOnlyList<LayerTrace<T>> Layers, int Start) From<T>(Decision<T> decision, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var all = decision.Trace.Layers;
        var start = options.StartLayer ?? (options.Mode == AttributionMode.Official ? 15 * all.Count / 24 : 0);
        return start >= 0 && start < all.Count
            ? ([.. all.Skip(start)], start)
            : throw new BadInputException($"start layer {start} does not exist; the model has layers 0 to {all.Count - 1}");
    }
}
