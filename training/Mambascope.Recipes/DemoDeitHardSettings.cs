using Mambascope.Evaluation.Datasets;

namespace Mambascope.Recipes;

/// <summary>demo-deit-hard: the recipe of demo-deit on scenes whose garment colours do not show.</summary>
internal sealed record DemoDeitHardSettings : DemoDeitSettings
{
    internal override SceneStyle Style => SceneStyle.Hard;
}
