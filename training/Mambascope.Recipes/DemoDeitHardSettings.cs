using Mambascope.Evaluation.Datasets;
using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>
/// demo-deit-hard: demo-deit, trained on on scenes whose garment colours do not show, with as many scenes as its twin.
/// </summary>
internal sealed record DemoDeitHardSettings : DemoDeitSettings
{
    /// <summary>One cycle at half of demo-deit's peak rate, since its weights know garments already.</summary>
    public DemoDeitHardSettings()
    {
        Steps = 2500;
        Cycles = 1;
        PeakLearningRate = 5e-4;
    }

    internal override SceneStyle Style => SceneStyle.Hard;

    /// <inheritdoc/>
    public override IVisionModel Create(WeightSource weights) => ModelOf(TrainedWeights.Of("models/demo-deit"));
}
