using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>What the parts of one sign of a linear layer y = W x + b give together: what its relevance is divided by.</summary>
internal static class SignedSums
{
    /// <summary>
    /// s = sd(R, Z) with Z = W⁺x⁺ + W⁻x⁻, by one product instead of two: W x + |W| |x| counts every product of equal signs twice and the
    /// others not at all, and W x = y - b is known from the run. So Z = (|W| |x| - b + y) / 2.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="op">The layer.</param>
    /// <param name="R">Relevance of its output.</param>
    /// <param name="s">Memory of the output's shape, for the result.</param>
    public static void RatioTogether(Workers workers, LinearOperator<double> op, Activation<double> R, Activation<double> s)
    {
        double[]? minusBias = op.Bias is null ? null : [.. op.Bias.Values<double>().Select(value => -value)];
        Linear.Forward(workers, op.X.Data, WeightPart.Absolute, op.W, WeightPart.Absolute, minusBias, s);
        RelevanceArithmetic.RatioToMean(workers, R, s, op.Output.Data, s);
    }

    /// <summary>s = sd(R, W⁺x⁺), or sd(R, W⁻x⁻).</summary>
    public static void RatioApart(
        Workers workers, LinearOperator<double> op, WeightPart part, Activation<double> R, Activation<double> s)
    {
        Linear.Forward(workers, op.X.Data, part, op.W, part, bias: null, s);
        RelevanceArithmetic.Ratio(workers, R, s, s);
    }
}
