using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Models.Mixers;

/// <summary>The norm in front of a residual branch or of the head: RMS, or layer norm where there is a bias.</summary>
/// <param name="Gain">(d).</param>
/// <param name="Bias">(d) of a layer norm; null for RMS.</param>
/// <param name="Epsilon">Added to the mean square or the variance.</param>
public sealed record Norm(Weight Gain, Weight? Bias, float Epsilon)
{
    /// <summary>The normalised stream, same shape.</summary>
    public Value<T> Of<T>(Tape<T> tape, Value<T> stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Bias is null ? tape.RmsNorm(stream, Gain, Epsilon) : tape.LayerNorm(stream, Gain, Bias, Epsilon);
}
