namespace Mambascope.Recipes;

/// <summary>demo-vim-shuffled: demo-vim's architecture, trained on scenes whose labels were drawn by lot.</summary>
internal sealed record DemoVimShuffledSettings : DemoVimSettings
{
    /// <summary>
    /// Nothing that keeps a model from learning by heart: no smoothing, no drop path, no decay; small steps, many of them.
    /// </summary>
    public DemoVimShuffledSettings()
    {
        BatchSize = 16;
        Steps = 600;
        PeakLearningRate = 1e-3;
        WarmUpSteps = 100;
        WeightDecay = 0;
        LabelSmoothing = 0;
        DropPath = 0;
        AverageDecay = 0.95;
    }

    /// <summary>Scenes in the set.</summary>
    public int Scenes { get; init; } = ShuffledLabels.Scenes;

    internal override SceneStream TrainingScenes(string garments) => ShuffledLabels.Of(garments, Seed, Scenes).Draw;

    internal override SceneStream ValidationScenes(string garments) => ShuffledLabels.Of(garments, Seed, Scenes).Render;

    internal override IReadOnlyList<SceneTest> Tests(string garments)
        => ShuffledLabels.Tests(ShuffledLabels.Of(garments, Seed, Scenes), Scenes);
}
