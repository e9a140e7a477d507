namespace Mambascope.Tracing;

/// <summary>The stages of a recorded run: layers between two merges of tokens.</summary>
public static class Stages
{
    /// <summary>Layers of each stage, by their places; one stage where no tokens are joined.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of<T>(IReadOnlyList<LayerTrace<T>> layers)
        where T : unmanaged
    {
        var stages = new List<List<int>>();
        for (var layer = 0; layer < layers.Count; layer++)
        {
            if (layer == 0 || layers[layer].Merge is not null)
            {
                stages.Add([]);
            }

            stages[^1].Add(layer);
        }

        return stages;
    }
}
