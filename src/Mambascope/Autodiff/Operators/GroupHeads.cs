using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Brings columns that lie head after head, [q k v] of head 0, [q k v] of head 1, ... (GPT-NeoX), into the order of kinds: all heads' q,
/// then all k, then all v. A permutation: adjoints and relevance go back the same way.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class GroupHeadsOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal GroupHeadsOperator(Value<T> x, int heads, int kinds, Value<T> output)
    {
        X = x;
        Heads = heads;
        Kinds = kinds;
        Output = output;
    }

    /// <summary>x (Batch, L, heads kinds dh).</summary>
    public Value<T> X { get; }

    /// <summary>Number of heads, H.</summary>
    public int Heads { get; }

    /// <summary>Kinds of columns in each head: 3 for q, k and v.</summary>
    public int Kinds { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <summary>(Batch, L, kinds heads dh).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            Move(replay.Workers, dx.Data, dOutput, isBack: true, dx.Accumulate);
        }
    }

    internal void Forward(Workers workers) => Move(workers, X.Data, Output.Data, isBack: false, accumulate: false);

    private void Move(Workers workers, Activation<T> byHead, Activation<T> byKind, bool isBack, bool accumulate)
        => RowBlocks.For(workers, byHead.Rows, byHead.Width, (first, last) =>
        {
            var width = byHead.Width / (Heads * Kinds);
            for (var row = first; row < last; row++)
            {
                for (var piece = 0; piece < Heads * Kinds; piece++)
                {
                    var (head, kind) = (piece / Kinds, piece % Kinds);
                    var a = byHead.Row(row).Slice(piece * width, width);
                    var b = byKind.Row(row).Slice(((kind * Heads) + head) * width, width);
                    var from = isBack ? b : a;
                    var to = isBack ? a : b;
                    for (var i = 0; i < width; i++)
                    {
                        to[i] = accumulate ? to[i] + from[i] : from[i];
                    }
                }
            }
        });
}

/// <summary>Puts the grouping of heads on a tape.</summary>
internal static class GroupHeadsExtensions
{
    /// <summary>Columns by kind, (Batch, L, kinds heads dh), from columns by head.</summary>
    public static Value<T> GroupHeads<T>(this Tape<T> tape, Value<T> x, int heads, int kinds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new GroupHeadsOperator<T>(x, heads, kinds, tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
