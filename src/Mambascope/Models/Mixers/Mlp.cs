using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>Two linear layers on each token alone: out = fc2( gelu( fc1(r) ) ).</summary>
/// <param name="fc1">(m, d).</param>
/// <param name="fc1Bias">(m), if any.</param>
/// <param name="fc2">(d, m).</param>
/// <param name="fc2Bias">(d), if any.</param>
internal sealed class Mlp(Weight fc1, Weight? fc1Bias, Weight fc2, Weight? fc2Bias) : IMixer
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
        => new(tape.Linear(tape.Gelu(tape.Linear(input.Stream, fc1, fc1Bias)), fc2, fc2Bias)); // (B, L, d)
}
