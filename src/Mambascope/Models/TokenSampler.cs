using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Chooses tokens from scores: greedily, or at random by softmax of scores / temperature, of the top k, of the top p, seeded.
/// </summary>
public sealed class TokenSampler
{
    private readonly SamplingOptions options;
    private readonly Random random;

    /// <summary>Starts at the options' seed.</summary>
    /// <exception cref="BadInputException">A temperature below 0, a k below 1, or a p outside (0, 1].</exception>
    public TokenSampler(SamplingOptions options)
    {
        if (!(options.Temperature >= 0) || double.IsPositiveInfinity(options.Temperature))
        {
            throw new BadInputException(
                $"temperature {options.Temperature} is no temperature; expected 0 (the most likely token) or a positive number");
        }

        if (options.TopK < 1)
        {
            throw new BadInputException($"top-k {options.TopK} leaves no token to choose; expected at least 1");
        }

        if (options.TopP is { } p && !(p > 0 && p <= 1))
        {
            throw new BadInputException($"top-p {p} is no share of probability; expected a number above 0 and at most 1");
        }

        this.options = options;
        random = new(options.Seed);
    }

    /// <summary>The id of the chosen token. Of equal scores the lower id counts as more likely.</summary>
    public int Choose<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var top = ArgMax.Of(scores);
        if (options.Temperature == 0)
        {
            return top;
        }

        var weights = new double[scores.Length];
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i] = Math.Exp(double.CreateTruncating(scores[i] - scores[top]) / options.Temperature);
        }

        return Draw(weights, Candidates(weights, total));
    }

    // The tokens that can be chosen, most likely first; null for all, in the order of their ids.
    private List<int>? Candidates(double[] weights, double total)
    {
        if (options.TopK is null && options.TopP is null)
        {
            return null;
        }

        // All tokens below this weight together hold less than the share that top-p leaves out, so they need not be sorted.
        var least = options.TopP is { } p ? (1 - p) * total / weights.Length : 0;
        var order = Enumerable.Range(0, weights.Length).Where(i => weights[i] >= least).OrderByDescending(i => weights[i]).ThenBy(i => i);
        var candidates = new List<int>();
        var sum = 0.0;
        foreach (var i in options.TopK is { } k ? order.Take(k) : order)
        {
            candidates.Add(i);
            sum += weights[i];
            if (sum >= options.TopP * total)
            {
                break;
            }
        }

        return candidates;
    }

    private int Draw(double[] weights, List<int>? candidates)
    {
        var all = candidates is null ? weights.Sum() : candidates.Sum(i => weights[i]);
        var draw = random.NextDouble() * all;
        var (count, last) = (candidates?.Count ?? weights.Length, 0);
        for (var index = 0; index < count; index++)
        {
            var i = candidates?[index] ?? index;
            if (weights[i] > 0)
            {
                last = i;
                draw -= weights[i];
                if (draw < 0)
                {
                    break;
                }
            }
        }

        return last;
    }
}
