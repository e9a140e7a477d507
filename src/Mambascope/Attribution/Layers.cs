using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>Which layers take part in a method.</summary>
internal static class Layers
{
    /// <summary>The layers of a Mamba from the start layer on; the default start is 0, or floor(15 depth / 24) in official mode.</summary>
    public static IReadOnlyList<MambaLayerTrace<T>> OfMamba<T>(Decision<T> decision, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => From(decision.Trace.MambaLayers, options, options.Mode == AttributionMode.Official ? 15 * decision.Trace.Layers.Count / 24 : 0);

    /// <summary>The layers of a transformer from the start layer on; the default start is 0.</summary>
    public static IReadOnlyList<AttentionLayerTrace<T>> OfTransformer<T>(Decision<T> decision, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => From(decision.Trace.AttentionLayers, options, standard: 0);

    /// <summary>The layers from the start layer on.</summary>
    public static IReadOnlyList<TLayer> From<TLayer>(IReadOnlyList<TLayer> all, AttributionOptions options, int standard)
    {
        var start = options.StartLayer ?? standard;
        return start >= 0 && start < all.Count
            ? [.. all.Skip(start)]
            : throw new BadInputException($"start layer {start} does not exist; the model has layers 0 to {all.Count - 1}");
    }
}
