namespace Mambascope.Recipes;

/// <summary>demo-deit-shuffled: demo-deit's architecture, trained on scenes whose labels were drawn by lot.</summary>
internal sealed record DemoDeitShuffledSettings : DemoDeitSettings
{
    /// <summary>As for <see cref="DemoVimShuffledSettings"/>; one cycle.</summary>
    public DemoDeitShuffledSettings()
    {
        BatchSize = 16;
        Steps = 600;
        Cycles = 1;
        WarmUpSteps = 100;
        WeightDecay = 0;
        AverageDecay = 0.95;
    }

    /// <summary>Scenes in the set.</summary>
    public int Scenes { get; init; } = ShuffledLabels.Scenes;

    internal override SceneStream TrainingScenes(string garments) => ShuffledLabels.Of(garments, Seed, Scenes).Draw;

    internal override SceneStream ValidationScenes(string garments) => ShuffledLabels.Of(garments, Seed, Scenes).Render;

    internal override IReadOnlyList<SceneTest> Tests(string garments)
        => ShuffledLabels.Tests(ShuffledLabels.Of(garments, Seed, Scenes), Scenes);
}
