using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>Which layers take part in a method.</summary>
internal static class LayerChoice
{
    /// <summary>Places of the layers from the start layer on; the default start is 0, or floor(15 depth / 24) in official mode.</summary>
    /// <exception cref="BadInputException">There is no such layer.</exception>
    public static IReadOnlyList<int> Of<T>(IReadOnlyList<LayerTrace<T>> all, AttributionOptions options)
        where T : unmanaged
    {
        if (options.Stage is { } stage)
        {
            return OfStage(Stages.Of(all), stage, options.StartLayer ?? 0);
        }

        var start = options.StartLayer ?? (options.Mode == AttributionMode.Official ? 15 * all.Count / 24 : 0);
        return start >= 0 && start < all.Count
            ? [.. Enumerable.Range(start, all.Count - start)]
            : throw new BadInputException($"start layer {start} does not exist; the model has layers 0 to {all.Count - 1}");
    }

    private static int[] OfStage(IReadOnlyList<IReadOnlyList<int>> stages, int stage, int start)
    {
        if (stage >= stages.Count)
        {
            throw new BadInputException($"stage {stage} does not exist; the model has stages 0 to {stages.Count - 1}");
        }

        int[] chosen = [.. stages[stage].Where(layer => layer >= start)];
        return chosen.Length > 0
            ? chosen
            : throw new BadInputException($"start layer {start} comes behind stage {stage}, whose last layer is {stages[stage][^1]}");
    }

    /// <summary>The mixers of one kind in the layers from the start layer on.</summary>
    public static IReadOnlyList<TMixer> Mixers<TMixer, T>(Trace<T> trace, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMixer : MixerTrace<T>
        => [.. Of(trace.Layers, options).SelectMany(layer => trace.Layers[layer].Mixers).OfType<TMixer>()];
}
