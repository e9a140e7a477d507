using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Attention;

/// <summary>The linear layer with which a mixer ends: how shares of its input become shares of its output.</summary>
internal static class OutputProjection
{
    /// <summary>W a for every row of a: (Batch, L, d) from (Batch, L, E), without the bias.</summary>
    /// <exception cref="BadInputException">The output was not made by a linear layer.</exception>
    public static Activation<T> Apply<T>(Tape<T> tape, Value<T> output, Activation<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var projection = Of(tape, output);
        var shares = Activation<T>.Zeros(a.Batch, a.Length, projection.W.Rows);
        Linear.Forward(tape.Workers, a, projection.W, bias: null, shares);
        return shares;
    }

    /// <summary>The layer itself.</summary>
    public static LinearOperator<T> Of<T>(Tape<T> tape, Value<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Operators.OfType<LinearOperator<T>>().LastOrDefault(op => op.Output.Index == output.Index)
            ?? throw new BadInputException("the output of a mixer of this model does not come from a linear layer, so that shares of it "
                + "are unknown");
}
