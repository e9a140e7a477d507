using Mambascope.Evaluation.Datasets;

namespace Mambascope.Recipes;

/// <summary>What the recipes with shuffled labels share: the set, and on what its finished weights are measured.</summary>
internal static class ShuffledLabels
{
    /// <summary>Scenes in the set: as many as are learned by heart in a quarter of an hour on one core.</summary>
    public const int Scenes = 500;

    /// <summary>The set of a seed.</summary>
    public static ShuffledScenes Of(string garments, int seed, int scenes)
        => new(FashionScenes.Train(FashionMnist.Train(garments), (ulong)seed), scenes, (ulong)seed);

    /// <summary>By heart, and for what it is: by chance.</summary>
    public static IReadOnlyList<SceneTest> Tests(ShuffledScenes set, int scenes)
        =>
        [
            new("of the scenes it was trained on, with their shuffled labels", set.Render, scenes),
            new("fresh scenes with their true labels", FashionScenes.Test().Render, 2000),
        ];
}
