using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y[t] = row ids[t] of a table: token ids as vectors. Gradients reach the table; ids have none.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class EmbeddingOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsAtOnce = 64;

    internal EmbeddingOperator(IReadOnlyList<int> ids, Weight table, Value<T> output)
    {
        Ids = ids;
        Table = table;
        Output = output;
    }

    /// <summary>Row of each token, Batch x L values.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Vectors (ids, d).</summary>
    public Weight Table { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [Table];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.WeightGradients?.Find(Table) is not { } dTable)
        {
            return;
        }

        var d = Table.Columns;
        for (var row = 0; row < dOutput.Rows; row++)
        {
            var from = dOutput.Row(row);
            var to = dTable.AsSpan(Ids[row] * d, d);
            for (var i = 0; i < d; i++)
            {
                to[i] += from[i];
            }
        }
    }

    internal void Forward(Workers workers)
    {
        var rows = Output.Data.Rows;
        workers.For((rows + RowsAtOnce - 1) / RowsAtOnce, piece =>
        {
            var from = new float[Table.Columns];
            for (var row = piece * RowsAtOnce; row < Math.Min(rows, (piece + 1) * RowsAtOnce); row++)
            {
                Table.CopyRow(Ids[row], from);
                var to = Output.Data.Row(row);
                for (var i = 0; i < from.Length; i++)
                {
                    to[i] = T.CreateTruncating(from[i]);
                }
            }
        });
    }
}

/// <summary>Puts embeddings on a tape.</summary>
internal static class EmbeddingExtensions
{
    /// <summary>(Batch, L, d): the table's row of every id; ids row after row, all of them rows of the table.</summary>
    public static Value<T> Embedding<T>(this Tape<T> tape, IReadOnlyList<int> ids, int batch, Weight table)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new EmbeddingOperator<T>(ids, table, tape.NewValue(batch, ids.Count / batch, table.Columns));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
