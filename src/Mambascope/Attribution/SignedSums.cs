using System.Numerics.Tensors;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>What the parts of one sign of a linear layer y = W x + b give together: what its relevance is divided by.</summary>
internal static class SignedSums
{
    /// <summary>
    /// Z = W⁺x⁺ + W⁻x⁻ with one product instead of two: W x + |W| |x| counts every product of equal signs twice and the others not at all,
    /// and W x = y - b is known from the run.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="op">The layer.</param>
    /// <param name="scratch">Memory of the input's shape.</param>
    /// <param name="z">Z, of the output's shape.</param>
    public static void Together(Workers workers, LinearOperator<double> op, Activation<double> scratch, Activation<double> z)
    {
        var (x, y, bias) = (op.X.Data, op.Output.Data, op.Bias?.Values<double>());
        for (var row = 0; row < x.Rows; row++)
        {
            TensorPrimitives.Abs<double>(x.Row(row), scratch.Row(row));
        }

        Linear.Forward(workers, scratch, op.W, WeightPart.Absolute, bias: null, z);
        for (var row = 0; row < z.Rows; row++)
        {
            var to = z.Row(row);
            TensorPrimitives.Add(to, y.Row(row), to);
            if (bias is not null)
            {
                TensorPrimitives.Subtract(to, bias, to);
            }

            TensorPrimitives.Multiply(to, 0.5, to);
        }
    }

    /// <summary>Z = W⁺x⁺, or W⁻x⁻.</summary>
    public static void Apart(
        Workers workers, LinearOperator<double> op, WeightPart part, Activation<double> scratch, Activation<double> z)
    {
        for (var row = 0; row < op.X.Data.Rows; row++)
        {
            var from = op.X.Data.Row(row);
            var to = scratch.Row(row);
            if (part == WeightPart.Positive)
            {
                TensorPrimitives.Max<double>(from, 0, to);
            }
            else
            {
                TensorPrimitives.Min<double>(from, 0, to);
            }
        }

        Linear.Forward(workers, scratch, op.W, part, bias: null, z);
    }
}
