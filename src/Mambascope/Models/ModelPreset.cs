using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>A published size by name, for models with random weights.</summary>
/// <param name="Name">"vim-small".</param>
/// <param name="Build">The model around weights from a source.</param>
/// <param name="Matrices">How matrices are held; most language models are released as BF16.</param>
public sealed record ModelPreset(string Name, Func<WeightSource, IModel> Build, WeightFormat Matrices = WeightFormat.F32)
{
    /// <summary>The model with weights drawn from a seed.</summary>
    public IModel Create(int seed = 0) => Build(RandomWeights.Source(seed, Matrices));

    /// <summary>The model with shapes in place of weights: it can say what it is, but not run.</summary>
    public IModel Outline() => Build(RandomWeights.Shapes(Matrices));
}
