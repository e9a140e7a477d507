using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>Order of the rows of a fused projection to queries, keys and values.</summary>
internal enum QkvLayout
{
    /// <summary>All queries, all keys, all values (timm).</summary>
    ByKind,

    /// <summary>For every head its query, key and value (GPT-NeoX).</summary>
    ByHead,
}

/// <summary>Weights of a <see cref="SoftmaxMixer"/>.</summary>
/// <param name="Qkv">(3d, d).</param>
/// <param name="QkvBias">(3d), if any.</param>
/// <param name="Projection">(d, d).</param>
/// <param name="ProjectionBias">(d), if any.</param>
internal sealed record SoftmaxWeights(Weight Qkv, Weight? QkvBias, Weight Projection, Weight? ProjectionBias);

/// <summary>
/// Softmax attention of H heads of dh channels.
/// <code>
/// q, k, v = qkv(r) (B, L, d), q and k turned by their positions where there is a rotation
/// A = softmax(q kᵀ / sqrt(dh)) (B, H L, L), over earlier tokens only where it is causal;   out = proj( A v )
/// </code>
/// </summary>
/// <param name="w">Weights.</param>
/// <param name="heads">Heads, H.</param>
/// <param name="layout">Order of the rows of qkv.</param>
/// <param name="isCausal">Whether a token sees earlier tokens and itself only.</param>
/// <param name="rotary">How q and k turn with their positions; null: not at all.</param>
internal sealed class SoftmaxMixer(SoftmaxWeights w, int heads, QkvLayout layout, bool isCausal, RotaryShape? rotary = null) : IMixer
{
    private const int Kinds = 3; // q, k, v

    /// <inheritdoc/>
    public MixerShape Shape => MixerShape.OfSoftmax(heads);

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new AttentionLayerState<T>(new(w.Projection.Columns));

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var d = w.Projection.Columns;
        var qkv = tape.Linear(input.Stream, w.Qkv, w.QkvBias); // (B, L, 3d)
        var byKind = layout == QkvLayout.ByKind ? qkv : tape.GroupHeads(qkv, heads, Kinds);
        var q = Turned(tape, byKind.Columns(0, d), input.Positions);
        var k = Turned(tape, byKind.Columns(d, d), input.Positions);
        var v = byKind.Columns(2 * d, d);
        if (input.State is AttentionLayerState<T> state)
        {
            return new(tape.Linear(tape.CachedAttention(q, k, v, heads, state.Cache), w.Projection, w.ProjectionBias));
        }

        var A = tape.AttentionProbabilities(q, k, heads, isCausal); // (B, H L, L)
        foreach (var cut in input.Cuts)
        {
            EdgeCut.Softmax(cut.Sources, cut.Cuts, A.Data);
        }

        var output = tape.Linear(tape.AttentionMix(A, v, heads), w.Projection, w.ProjectionBias); // (B, L, d)
        return new(output, new SoftmaxMixerTrace<T>(heads, q, k, v, A, output));
    }

    private Value<T> Turned<T>(Tape<T> tape, Value<T> value, RunPositions<T> positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => rotary is null ? value : tape.Rotary(value, positions.Angles(heads, rotary));
}
