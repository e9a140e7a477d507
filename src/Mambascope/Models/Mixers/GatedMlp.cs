using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>A gated MLP on each token alone: out = down( up(r) ⊙ silu( gate(r) ) ).</summary>
/// <param name="gate">(m, d).</param>
/// <param name="up">(m, d).</param>
/// <param name="down">(d, m).</param>
internal sealed class GatedMlp(Weight gate, Weight up, Weight down) : IMixer
{
    /// <inheritdoc/>
    public MixerShape? Shape => null;

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(tape.Linear(tape.Product(tape.Linear(input.Stream, up), tape.Silu(tape.Linear(input.Stream, gate))), down)); // (B, L, d)
}
