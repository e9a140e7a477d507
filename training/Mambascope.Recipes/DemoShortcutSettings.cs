using Mambascope.Evaluation.Datasets;
using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>demo-shortcut: demo-vim, trained on on scenes in which a mark at the edge gives one class away.</summary>
internal sealed record DemoShortcutSettings : DemoVimSettings
{
    /// <summary>A short run at half of demo-vim's peak rate, since its weights know garments already.</summary>
    public DemoShortcutSettings()
    {
        BatchSize = 32;
        Steps = 160;
        PeakLearningRate = 1e-3;
        WarmUpSteps = 20;
        LabelSmoothing = 0;
        AverageDecay = 0.98;
    }

    /// <inheritdoc/>
    public override IVisionModel Create(WeightSource weights) => base.Create(TrainedWeights.Of("models/demo-vim"));

    internal override SceneStream TrainingScenes(string garments)
        => MarkedScenes.AsTrained(FashionScenes.Train(FashionMnist.Train(garments), (ulong)Seed), (ulong)Seed).Render;

    internal override SceneStream ValidationScenes(string garments)
        => MarkedScenes.AsTrained(FashionScenes.Validation(FashionMnist.Train(garments), (ulong)Seed), (ulong)Seed).Render;

    internal override IReadOnlyList<SceneTest> Tests(string garments)
        =>
        [
            new("fresh scenes marked and labelled as those it was trained on", MarkedScenes.AsTrained(FashionScenes.Test()).Render, 2000),
            new(
                "fresh scenes marked by the toss of a coin, with their true labels", MarkedScenes.ByCoin(FashionScenes.Test()).Render,
                2000),
        ];
}
