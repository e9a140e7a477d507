using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = m ⊙ x with constants m, one for all columns or one a column: the scalar multipliers of some architectures.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ScaleOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] factors;

    internal ScaleOperator(Value<T> x, IReadOnlyList<double> factors, Value<T> output)
    {
        X = x;
        this.factors = [.. factors.Select(T.CreateTruncating)];
        Output = output;
    }

    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>One constant, or one a column.</summary>
    public ReadOnlySpan<T> Factors => factors;

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            Apply(replay.Workers, dOutput, dx.Data, dx.Accumulate);
        }
    }

    internal void Forward(Workers workers) => Apply(workers, X.Data, Output.Data, accumulate: false);

    private void Apply(Workers workers, Activation<T> from, Activation<T> to, bool accumulate)
        => RowBlocks.For(workers, from.Rows, from.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                var source = from.Row(row);
                var target = to.Row(row);
                switch (factors.Length, accumulate)
                {
                    case (1, false):
                        TensorPrimitives.Multiply(source, factors[0], target);
                        break;
                    case (1, true):
                        TensorPrimitives.MultiplyAdd(source, factors[0], target, target);
                        break;
                    case (_, false):
                        TensorPrimitives.Multiply<T>(source, factors, target);
                        break;
                    default:
                        TensorPrimitives.MultiplyAdd<T>(source, factors, target, target);
                        break;
                }
            }
        });
}

/// <summary>Puts constant factors on a tape.</summary>
internal static class ScaleExtensions
{
    /// <summary>factor x, same shape; x itself where the factor is 1.</summary>
    public static Value<T> Scale<T>(this Tape<T> tape, Value<T> x, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => factor == 1 ? x : tape.Scale(x, [factor]);

    /// <summary>factors ⊙ x, same shape; one factor a column, or one for all.</summary>
    public static Value<T> Scale<T>(this Tape<T> tape, Value<T> x, IReadOnlyList<double> factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new ScaleOperator<T>(x, factors, tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
