using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>A part between two constant factors: out = o part( i r ). What is explained of it lies between them.</summary>
/// <param name="part">The part.</param>
/// <param name="inputFactor">i.</param>
/// <param name="outputFactor">o.</param>
internal sealed class ScaledPart(IMixer part, double inputFactor, double outputFactor) : IMixer
{
    /// <inheritdoc/>
    public MixerShape? Shape => part.Shape;

    /// <inheritdoc/>
    public int Experts => part.Experts;

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => part.NewState<T>();

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var inner = part.Forward(tape, input.With(tape.Scale(input.Stream, inputFactor)));
        return inner with { Output = tape.Scale(inner.Output, outputFactor), Trace = inner.Trace?.Scaled(outputFactor) };
    }
}
