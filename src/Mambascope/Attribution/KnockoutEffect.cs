using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>What cutting edges did to a prediction.</summary>
/// <param name="Target">Token id that was watched: the most likely one before, or the one given.</param>
/// <param name="ScoreBefore">Its score before.</param>
/// <param name="ScoreAfter">Its score after.</param>
/// <param name="ProbabilityBefore">Its probability before.</param>
/// <param name="ProbabilityAfter">Its probability after.</param>
/// <param name="MostLikelyAfter">The most likely token id after.</param>
public sealed record KnockoutEffect(
    int Target, double ScoreBefore, double ScoreAfter, double ProbabilityBefore, double ProbabilityAfter, int MostLikelyAfter)
{
    /// <summary>By how much the target's score fell.</summary>
    public double ScoreDrop => ScoreBefore - ScoreAfter;

    /// <summary>Runs a text with and without the edges.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="tokens">The text.</param>
    /// <param name="knockouts">Edges to cut, all at once.</param>
    /// <param name="position">Token at which the prediction is watched; null for the last.</param>
    /// <param name="target">Token id to watch; null for the most likely one.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <param name="pool">Memory that is used again; null for memory of its own.</param>
    /// <exception cref="BadInputException">A token, layer, position or id that does not exist.</exception>
    public static KnockoutEffect Of<T>(
        ILanguageModel model,
        Workers workers,
        IReadOnlyList<int> tokens,
        IReadOnlyList<Knockout> knockouts,
        int? position = null,
        int? target = null,
        BufferPool<T>? pool = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        pool ??= new();
        var (before, after) = (Scores(knockouts: null), Scores(knockouts));
        var watched = target ?? ArgMax.Of(before);
        return watched >= 0 && watched < before.Length
            ? new(
                watched, before[watched], after[watched], Logits.Probability(before, watched),
                Logits.Probability(after, watched), ArgMax.Of(after))
            : throw new BadInputException($"token id {watched} does not exist; the model has ids 0 to {before.Length - 1}");

        double[] Scores(IReadOnlyList<Knockout>? knockouts)
        {
            var scored = position is { } token ? ScorePositions.At(token) : ScorePositions.Last;
            using var trace = model.Forward(
                new Tape<T>(workers, pool, isRecording: false, cancellation), TokenBatch.Of(tokens), scored, knockouts);
            return Array.ConvertAll(trace.Logits.Data.Row(0).ToArray(), double.CreateTruncating);
        }
    }
}
