using Mambascope.Evaluation.Datasets;

namespace Mambascope.Recipes;

/// <summary>demo-vim-hard: the recipe of demo-vim on scenes whose garment colours do not show.</summary>
internal sealed record DemoVimHardSettings : DemoVimSettings
{
    internal override SceneStyle Style => SceneStyle.Hard;
}
