using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Builds the first block's input: patch embeddings with a class token inserted before patch <see cref="ClassTokenPosition"/>
/// (-1: none), plus the position embedding: tokens[t] = (patch or class) + position[t].
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class TokenSequenceOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TokenSequenceOperator(Value<T> patches, Weight? classToken, int classTokenPosition, Weight? positions, Value<T> output)
    {
        Patches = patches;
        ClassToken = classToken;
        ClassTokenPosition = classTokenPosition;
        Positions = positions;
        Output = output;
    }

    /// <summary>Patch embeddings (Batch, M, d).</summary>
    public Value<T> Patches { get; }

    /// <summary>Class token (1, 1, d), if any.</summary>
    public Weight? ClassToken { get; }

    /// <summary>Index of the class token in the sequence, or -1.</summary>
    public int ClassTokenPosition { get; }

    /// <summary>Position embedding (1, L, d), if any.</summary>
    public Weight? Positions { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [Patches];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [.. new[] { ClassToken, Positions }.OfType<Weight>()];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        var dClass = ClassToken is null ? null : replay.WeightGradients?.Find(ClassToken);
        var dPositions = Positions is null ? null : replay.WeightGradients?.Find(Positions);
        var dPatches = replay.Target(Patches);
        for (var item = 0; item < dOutput.Batch; item++)
        {
            for (var t = 0; t < dOutput.Length; t++)
            {
                var g = dOutput.Row(item, t);
                if (dPositions is not null)
                {
                    Add(g, dPositions.AsSpan(t * g.Length, g.Length));
                }

                if (t == ClassTokenPosition)
                {
                    if (dClass is not null)
                    {
                        Add(g, dClass);
                    }
                }
                else if (dPatches is { } target)
                {
                    var row = target.Data.Row(item, Patch(t));
                    if (target.Accumulate)
                    {
                        Add(g, row);
                    }
                    else
                    {
                        g.CopyTo(row);
                    }
                }
            }
        }
    }

    /// <summary>What stands at a token before its position is added: a patch's embedding or the class token.</summary>
    internal ReadOnlySpan<T> Content(int item, int token)
        => token == ClassTokenPosition ? ClassToken!.Values<T>() : Patches.Data.Row(item, Patch(token));

    internal void Forward()
    {
        var positions = Positions?.Values<T>();
        var classToken = ClassToken?.Values<T>();
        var tokens = Output.Data;
        for (var item = 0; item < tokens.Batch; item++)
        {
            for (var t = 0; t < tokens.Length; t++)
            {
                var row = tokens.Row(item, t);
                (t == ClassTokenPosition ? classToken : Patches.Data.Row(item, Patch(t))).CopyTo(row);
                if (positions is not null)
                {
                    Add(positions.AsSpan(t * row.Length, row.Length), row);
                }
            }
        }
    }

    private int Patch(int token) => ClassTokenPosition >= 0 && token > ClassTokenPosition ? token - 1 : token;

    private static void Add(ReadOnlySpan<T> from, Span<T> to)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += from[i];
        }
    }
}

/// <summary>Puts token sequences on a tape.</summary>
internal static class TokenSequenceExtensions
{
    /// <summary>Tokens (Batch, L, d) from patches (Batch, M, d); L = M + 1 with a class token.</summary>
    public static Value<T> TokenSequence<T>(
        this Tape<T> tape, Value<T> patches, Weight? classToken, int classTokenPosition, Weight? positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var length = patches.Data.Length + (classTokenPosition >= 0 ? 1 : 0);
        var op = new TokenSequenceOperator<T>(
            patches, classToken, classTokenPosition, positions, tape.NewValue(patches.Data.Batch, length, patches.Data.Width));
        op.Forward();
        return tape.Record(op);
    }
}
