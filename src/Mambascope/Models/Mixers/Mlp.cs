using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>What stands between the two layers of an <see cref="Mlp"/>.</summary>
internal enum MlpActivation
{
    /// <summary>The exact GELU.</summary>
    Gelu,

    /// <summary>GPT-2's GELU, by a tanh.</summary>
    GeluTanh,

    /// <summary>max(x, 0)².</summary>
    ReluSquared,
}

/// <summary>Two linear layers on each token alone: out = fc2( f( fc1(r) ) ).</summary>
/// <param name="fc1">(m, d).</param>
/// <param name="fc1Bias">(m), if any.</param>
/// <param name="fc2">(d, m).</param>
/// <param name="fc2Bias">(d), if any.</param>
/// <param name="activation">f.</param>
internal sealed class Mlp(Weight fc1, Weight? fc1Bias, Weight fc2, Weight? fc2Bias, MlpActivation activation = MlpActivation.Gelu) : IMixer
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
    {
        var stream = input.Stream;
        var active = activation switch // (B, L, m)
        {
            MlpActivation.GeluTanh => tape.GeluTanh(tape.Linear(stream, fc1, fc1Bias)),
            MlpActivation.ReluSquared => tape.ReluSquared(tape.Linear(stream, fc1, fc1Bias)),
            _ => tape.LinearGelu(stream, fc1, fc1Bias),
        };
        return new(tape.Linear(active, fc2, fc2Bias)); // (B, L, d)
    }
}
