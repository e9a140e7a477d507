using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Models.Mixers;

/// <summary>Where the queries, keys and values of softmax attention come from.</summary>
internal abstract class AttentionInputs
{
    /// <summary>q (B, L, H dh), k and v (B, L, KeyHeads dh), head after head.</summary>
    public abstract (Value<T> Q, Value<T> K, Value<T> V) Of<T>(Tape<T> tape, Value<T> stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>Order of the rows of a fused projection to queries, keys and values.</summary>
internal enum QkvLayout
{
    /// <summary>All queries, all keys, all values (timm).</summary>
    ByKind,

    /// <summary>For every head its query, key and value (GPT-NeoX).</summary>
    ByHead,
}

/// <summary>Weights of softmax attention with one projection to queries, keys and values.</summary>
/// <param name="Qkv">(3d, d).</param>
/// <param name="QkvBias">(3d), if any.</param>
/// <param name="Projection">(d, d).</param>
/// <param name="ProjectionBias">(d), if any.</param>
internal sealed record SoftmaxWeights(Weight Qkv, Weight? QkvBias, Weight Projection, Weight? ProjectionBias);

/// <summary>One projection for all three, of equally many heads.</summary>
/// <param name="qkv">(3 H dh, d).</param>
/// <param name="bias">(3 H dh), if any.</param>
/// <param name="layout">Order of its rows.</param>
/// <param name="heads">Heads, H.</param>
internal sealed class FusedInputs(Weight qkv, Weight? bias, QkvLayout layout, int heads) : AttentionInputs
{
    private const int Kinds = 3; // q, k, v

    /// <inheritdoc/>
    public override (Value<T> Q, Value<T> K, Value<T> V) Of<T>(Tape<T> tape, Value<T> stream)
    {
        var width = qkv.Rows / Kinds;
        var fused = tape.Linear(stream, qkv, bias); // (B, L, 3 H dh)
        var byKind = layout == QkvLayout.ByKind ? fused : tape.GroupHeads(fused, heads, Kinds);
        return (byKind.Columns(0, width), byKind.Columns(width, width), byKind.Columns(2 * width, width));
    }
}

/// <summary>A projection each.</summary>
/// <param name="q">(H dh, d).</param>
/// <param name="k">(KeyHeads dh, d).</param>
/// <param name="v">(KeyHeads dh, d).</param>
internal sealed class SeparateInputs(LinearWeights q, LinearWeights k, LinearWeights v) : AttentionInputs
{
    /// <inheritdoc/>
    public override (Value<T> Q, Value<T> K, Value<T> V) Of<T>(Tape<T> tape, Value<T> stream)
        => (q.Of(tape, stream), k.Of(tape, stream), v.Of(tape, stream));
}
