using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// What the scores of classes or tokens mean: p[i] = exp(s[i]) / sum over k of exp(s[k]). In double whatever the scores are, with the
/// highest taken off first, so that nothing overflows, and summed in order of the index.
/// </summary>
internal static class Logits
{
    /// <summary>All probabilities.</summary>
    public static double[] Softmax<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (top, sum) = Total(scores);
        var probabilities = new double[scores.Length];
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = Math.Exp(double.CreateTruncating(scores[i]) - top) / sum;
        }

        return probabilities;
    }

    /// <summary>One of them.</summary>
    public static double Probability<T>(ReadOnlySpan<T> scores, int id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (top, sum) = Total(scores);
        return Math.Exp(double.CreateTruncating(scores[id]) - top) / sum;
    }

    /// <summary>The natural logarithm of one of them.</summary>
    public static double LogProbability<T>(ReadOnlySpan<T> scores, int id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (top, sum) = Total(scores);
        return double.CreateTruncating(scores[id]) - top - Math.Log(sum);
    }

    /// <summary>The highest score, and sum over k of exp(s[k] - highest).</summary>
    public static (double Top, double Sum) Total<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (top, sum) = (double.NegativeInfinity, 0.0);
        foreach (var score in scores)
        {
            top = Math.Max(top, double.CreateTruncating(score));
        }

        foreach (var score in scores)
        {
            sum += Math.Exp(double.CreateTruncating(score) - top);
        }

        return (top, sum);
    }
}
