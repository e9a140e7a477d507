using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>A gated MLP on each token alone: out = down( up(r) ⊙ silu( f gate(r) ) ).</summary>
/// <param name="gate">(m, d); (2m, d) with the rows of up behind where there is no other up.</param>
/// <param name="up">(m, d); null where it stands in <paramref name="gate"/>.</param>
/// <param name="down">(d, m).</param>
/// <param name="gateFactor">f.</param>
internal sealed class GatedMlp(LinearWeights gate, LinearWeights? up, LinearWeights down, double gateFactor = 1) : IMixer
{
    /// <summary>Without biases.</summary>
    public GatedMlp(Weight gate, Weight up, Weight down) : this(new(gate), new LinearWeights(up), new(down)) { }

    /// <inheritdoc/>
    public MixerShape? Shape => null;

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (up is { } apart)
        {
            var values = apart.Of(tape, input.Stream);
            return new(down.Of(tape, tape.Product(values, Open(tape, gate.Of(tape, input.Stream))))); // (B, L, d)
        }

        var both = gate.Of(tape, input.Stream); // (B, L, 2m)
        var width = both.Data.Width / 2;
        return new(down.Of(tape, tape.Product(both.Columns(width, width), Open(tape, both.Columns(0, width)))));
    }

    private Value<T> Open<T>(Tape<T> tape, Value<T> gate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Silu(tape.Scale(gate, gateFactor));
}
