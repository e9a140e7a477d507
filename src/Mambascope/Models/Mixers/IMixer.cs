using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>What a mixer is given: the normalised residual stream, and what it may need to know beside it.</summary>
/// <typeparam name="T">Element type.</typeparam>
public readonly record struct MixerInput<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal MixerInput(Value<T> stream, RunPositions<T> positions, LayerState<T>? state, IReadOnlyList<Knockout> cuts)
        => (Stream, Positions, State, Cuts) = (stream, positions, state, cuts);

    /// <summary>Normalised residual stream (B, L, d).</summary>
    public Value<T> Stream { get; }

    /// <summary>What the mixer remembers of the text before, and is to change; null where there is none.</summary>
    public LayerState<T>? State { get; }

    /// <summary>Edges of attention to cut; a mixer that cannot must say so where there are any.</summary>
    public IReadOnlyList<Knockout> Cuts { get; }

    /// <summary>What depends on the tokens' places alone.</summary>
    internal RunPositions<T> Positions { get; }

    /// <summary>The same for a part of a mixer that reads another stream.</summary>
    internal MixerInput<T> With(Value<T> stream) => new(stream, Positions, State, Cuts);
}

/// <summary>What a mixer gave.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Output">To be added to the residual stream (B, L, d).</param>
/// <param name="Trace">
/// What is explained of it; null where nothing mixes tokens, or where the run went on from a memory that cannot be explained.
/// </param>
public readonly record struct MixerOutput<T>(Value<T> Output, MixerTrace<T>? Trace = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The experts that tokens were sent to; null where there are none.</summary>
    public ExpertChoice<T>? Experts { get; init; }
}

/// <summary>
/// One part of a layer: a map of the normalised residual stream whose output is added to the stream. Models are lists of these.
/// </summary>
public interface IMixer
{
    /// <summary>What it is made of; null for a part that works on each token alone (an MLP).</summary>
    MixerShape? Shape { get; }

    /// <summary>Experts that a router chooses from; 0 for a part without.</summary>
    int Experts => 0;

    /// <summary>Its output, and what is explained of it.</summary>
    MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>What it remembers before it has read anything; null where it remembers nothing.</summary>
    LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
