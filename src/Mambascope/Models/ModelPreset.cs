using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>A published size by name, for models with random weights.</summary>
/// <param name="Name">"vim-small".</param>
/// <param name="Build">The model around weights from a source.</param>
/// <param name="Matrices">How matrices are held; most language models are released as BF16.</param>
public sealed record ModelPreset(string Name, Func<WeightSource, IModel> Build, WeightFormat Matrices = WeightFormat.F32)
{
    /// <summary>The model with weights drawn from a seed.</summary>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="matrices">How matrices are held, one of <see cref="RandomWeights.Formats"/>; null for the preset's own format.</param>
    public IModel Create(int seed = 0, WeightFormat? matrices = null) => Build(RandomWeights.Source(seed, matrices ?? Matrices));

    /// <summary>The model with shapes in place of weights: it can say what it is, but not run.</summary>
    /// <param name="matrices">How matrices would be held; null for the preset's own format.</param>
    public IModel Outline(WeightFormat? matrices = null) => Build(RandomWeights.Shapes(matrices ?? Matrices));
}
