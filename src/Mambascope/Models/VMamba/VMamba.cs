using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// VMamba (Liu et al. 2024, arXiv 2401.10166), "v0" and "v05_noz", as in MzeroMiko/VMamba classification/models/vmamba.py. Stages of
/// blocks over grids that are halved from one to the next; no class token, no positions. Only a forward pass.
/// <code>
/// B batch    L tokens = H W of the stage    C width of the residual stream    E inner width    N states    R rank of the step size
/// block:  r = r + SS2D(norm(r)),  and in v05  r = r + fc2(gelu(fc1(norm2(r))))
/// head:   linear( mean over tokens of norm(r) )
/// </code>
/// </summary>
public sealed partial class VMamba : StagedModel
{
    /// <summary>Builds the model around its weights.</summary>
    internal VMamba(VMambaConfig config, VMambaWeights weights)
        : base(weights.Stem, weights.Stages, config.Channels, config.ImageHeight, config.ImageWidth)
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public VMambaConfig Config { get; }

    /// <summary>Weights.</summary>
    internal VMambaWeights Weights { get; }

    /// <inheritdoc/>
    public override int Classes => Config.Classes;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    private protected override Value<T> Normalised<T>(Tape<T> tape, Value<T> stream) => Weights.FinalNorm.Of(tape, stream);

    private protected override Value<T> Score<T>(Tape<T> tape, Value<T> mean) => tape.Linear(mean, Weights.Head, Weights.HeadBias);
}
