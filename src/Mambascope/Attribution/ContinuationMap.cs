using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>Why a text went on as it did: for every token of a continuation, the relevance of every token before it.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="First">Place of the continuation's first token in the text.</param>
/// <param name="Rows">
/// A map for each token of the continuation: relevance of all tokens of the text for its choice; zero from that token on.
/// </param>
public sealed record ContinuationMap<T>(int First, IReadOnlyList<RelevanceMap<T>> Rows)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>Explains every step of a generated (or given) continuation from one recorded run.</summary>
public static class ContinuationMap
{
    /// <summary>
    /// A map per token of the continuation, each explaining the token that came (not the most likely one) where it was chosen.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="tokens">Prompt and continuation.</param>
    /// <param name="first">Place of the continuation's first token; at least 1.</param>
    /// <param name="method">Name of a method, see <see cref="AttributionMethods"/>.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the explanation.</param>
    /// <param name="pool">Memory that is used again; null for memory of its own.</param>
    /// <exception cref="BadInputException">No such method or place, or an option that does not fit.</exception>
    public static ContinuationMap<T> Explain<T>(
        ILanguageModel model,
        Workers workers,
        IReadOnlyList<int> tokens,
        int first,
        string method,
        AttributionOptions? options = null,
        IProgress<double>? progress = null,
        BufferPool<T>? pool = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (first < 1 || first >= tokens.Count)
        {
            throw new BadInputException(
                $"a continuation cannot begin at token {first} of {tokens.Count}: there must be a token before it and one in it");
        }

        var how = AttributionMethods.Find(method, model.Shape);
        int[] positions = [.. Enumerable.Range(first - 1, tokens.Count - first)];
        // The last token chooses nothing that is there, so it is not run.
        using var trace = model.Forward(
            new Tape<T>(workers, pool ?? new(), isRecording: true, cancellation),
            TokenBatch.Of([.. tokens.Take(tokens.Count - 1)]),
            ScorePositions.At(positions));
        return new(
            first,
            [
                .. positions.Select(position =>
                {
                    using var decision = new Decision<T>(trace, [tokens[position + 1]], position);
                    var map = how.Explain(decision, model, options ?? new(), cancellation: cancellation)[0];
                    progress?.Report((position - first + 2.0) / positions.Length);
                    return RelevanceMap<T>.Of([.. map.Values, T.Zero], rows: 1, tokens.Count, map.Diagnostics);
                }),
            ]);
    }
}
