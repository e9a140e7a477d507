using System.Numerics;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>Continues a text until enough tokens are there, or one after which texts end.</summary>
public static class Generating
{
    /// <summary>Goes on from where a text stands.</summary>
    /// <param name="generation">A text that has been read.</param>
    /// <param name="count">Most tokens to generate; at least one is.</param>
    /// <param name="sampler">How each is chosen.</param>
    /// <param name="ends">The tokens after which texts end; none where nothing is said.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="progress">Told what is being done.</param>
    public static IReadOnlyList<GeneratedToken> Continue<T>(
        TextGeneration<T> generation, int count, TokenSampler sampler, IReadOnlyList<int> ends,
        IProgress<Step>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(generation);
        var tokens = new List<GeneratedToken>();
        do
        {
            progress?.Report(Step.Of("generating", tokens.Count, count, " tokens"));
            tokens.Add(generation.Next(sampler, cancellation));
        }
        while (tokens.Count < count && !ends.Contains(tokens[^1].Id));
        return tokens;
    }
}
