using Mambascope.Evaluation.Datasets;
using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>
/// demo-vim-hard: demo-vim, trained on on scenes whose garment colours do not show, with as many scenes as its twin.
/// </summary>
internal sealed record DemoVimHardSettings : DemoVimSettings
{
    /// <summary>Half of demo-vim's peak rate, since its weights know garments already.</summary>
    public DemoVimHardSettings()
    {
        Steps = 2500;
        PeakLearningRate = 1e-3;
        LabelSmoothing = 0;
    }

    internal override SceneStyle Style => SceneStyle.Hard;

    /// <inheritdoc/>
    public override IVisionModel Create(WeightSource weights) => base.Create(TrainedWeights.Of("models/demo-vim"));
}
