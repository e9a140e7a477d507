using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>What softmax attention does with queries, keys and values.</summary>
/// <param name="Heads">Heads of queries, H.</param>
/// <param name="KeyHeads">Heads of keys and values; H, or fewer that neighbouring heads of queries share.</param>
/// <param name="HeadWidth">Channels of a head, dh.</param>
/// <param name="IsCausal">Whether a token sees earlier tokens and itself only.</param>
/// <param name="Rotary">How queries and keys turn with their positions; null: not at all.</param>
internal sealed record SoftmaxShape(int Heads, int KeyHeads, int HeadWidth, bool IsCausal, RotaryShape? Rotary = null)
{
    /// <summary>Factor of the scores.</summary>
    public double Scale { get; init; } = 1 / Math.Sqrt(HeadWidth);

    /// <summary>Factor of the keys, before they turn.</summary>
    public double KeyFactor { get; init; } = 1;
}

/// <summary>
/// Softmax attention of H heads of dh channels.
/// <code>
/// q (B, L, H dh), k, v (B, L, KeyHeads dh) = projections of r, q and k turned by their positions where there is a rotation
/// A = softmax(scale q kᵀ) (B, H L, L), over earlier tokens only where it is causal;   out = proj( A v )
/// </code>
/// </summary>
/// <param name="inputs">Where queries, keys and values come from.</param>
/// <param name="projection">(d, H dh).</param>
/// <param name="projectionBias">(d), if any.</param>
/// <param name="shape">Heads, rotation, scale.</param>
internal sealed class SoftmaxMixer(AttentionInputs inputs, Weight projection, Weight? projectionBias, SoftmaxShape shape) : IMixer
{
    /// <summary>Attention whose queries, keys and values are one projection and have equally many heads.</summary>
    public SoftmaxMixer(SoftmaxWeights w, int heads, QkvLayout layout, bool isCausal, RotaryShape? rotary = null)
        : this(
            new FusedInputs(w.Qkv, w.QkvBias, layout, heads),
            w.Projection,
            w.ProjectionBias,
            new(heads, heads, w.Projection.Columns / heads, isCausal, rotary)
            {
                Scale = 1 / MathF.Sqrt(w.Projection.Columns / (float)heads),
            })
    {
    }

    /// <inheritdoc/>
    public MixerShape Shape => MixerShape.OfSoftmax(shape.Heads);

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new AttentionLayerState<T>(new(shape.KeyHeads * shape.HeadWidth));

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (q, k, v) = inputs.Of(tape, input.Stream);
        q = Turned(tape, q, shape.Heads, input.Positions);
        k = Turned(tape, tape.Scale(k, shape.KeyFactor), shape.KeyHeads, input.Positions);
        if (input.State is AttentionLayerState<T> state)
        {
            var read = tape.CachedAttention(q, k, v, shape.Heads, shape.Scale, state.Cache);
            var added = tape.Linear(read, projection, projectionBias);
            return new(added, tape.IsRecording ? new CachedMixerTrace<T>(shape.Heads, shape.Scale, q, state.Cache, added) : null);
        }

        if (Unrecorded(tape, q, k, v, input) is { } mixed)
        {
            return new(tape.Linear(mixed, projection, projectionBias));
        }

        k = tape.RepeatHeads(k, shape.KeyHeads, shape.Heads / shape.KeyHeads);
        v = tape.RepeatHeads(v, shape.KeyHeads, shape.Heads / shape.KeyHeads);
        var A = tape.AttentionProbabilities(q, k, shape.Heads, shape.IsCausal, shape.Scale); // (B, H L, L)
        foreach (var cut in input.Cuts)
        {
            EdgeCut.Softmax(cut.Sources, cut.Cuts, shape.Heads, cut.ActsInHead, A.Data);
        }

        var output = tape.Linear(tape.AttentionMix(A, v, shape.Heads), projection, projectionBias); // (B, L, d)
        return new(output, new SoftmaxMixerTrace<T>(shape.Heads, q, k, v, A, output));
    }

    // Where nobody asks for its matrix, none is kept.
    private Value<T>? Unrecorded<T>(Tape<T> tape, Value<T> q, Value<T> k, Value<T> v, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => !tape.IsRecording && shape.IsCausal && input.Cuts.Count == 0
            && (tape, q, k, v) is (Tape<float> single, Value<float> q1, Value<float> k1, Value<float> v1)
            ? (Value<T>)(object)single.BlockedAttention(q1, k1, v1, shape.Heads, shape.Scale)
            : null;

    private Value<T> Turned<T>(Tape<T> tape, Value<T> value, int heads, RunPositions<T> positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => shape.Rotary is null ? value : tape.Rotary(value, positions.Angles(heads, shape.Rotary));
}
