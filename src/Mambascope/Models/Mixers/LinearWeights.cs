using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Models.Mixers;

/// <summary>A linear layer.</summary>
/// <param name="Matrix">(outputs, inputs).</param>
/// <param name="Bias">(outputs), if any.</param>
internal readonly record struct LinearWeights(Weight Matrix, Weight? Bias = null)
{
    /// <summary>x Wᵀ + b.</summary>
    public Value<T> Of<T>(Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Linear(x, Matrix, Bias);
}
