using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// How a language model scores classes that are said in tokens after a text: by the logit where each is one token, else by the sum of the
/// log-probabilities of a class's tokens, each after all before it (as ARC's choices are scored in the field).
/// </summary>
internal static class ClassScores
{
    /// <summary>Whether each class is one token, so that one run says all.</summary>
    internal static bool AreTokens(IReadOnlyList<IReadOnlyList<int>> classes) => classes.All(tokens => tokens.Count == 1);

    /// <summary>Scores of classes of one token out of those of the vocabulary.</summary>
    internal static float[] Of(ReadOnlySpan<float> vocabulary, IReadOnlyList<IReadOnlyList<int>> classes)
    {
        var scores = new float[classes.Count];
        for (var c = 0; c < scores.Length; c++)
        {
            scores[c] = vocabulary[classes[c][0]];
        }

        return scores;
    }

    /// <summary>Tokens that are read of the longest class: its last is only judged.</summary>
    internal static int Read(IReadOnlyList<IReadOnlyList<int>> classes) => classes.Max(tokens => tokens.Count) - 1;

    /// <summary>
    /// A text a class, all of one length: the classes' tokens behind it. What fills a short class up is seen by none of its tokens.
    /// </summary>
    internal static IReadOnlyList<IReadOnlyList<int>> Texts(IReadOnlyList<int> text, IReadOnlyList<IReadOnlyList<int>> classes)
    {
        var read = Read(classes);
        return [.. classes.Select(tokens => (IReadOnlyList<int>)
            [.. text, .. Enumerable.Range(0, read).Select(t => tokens[Math.Min(t, tokens.Count - 1)])])];
    }

    /// <summary>The tokens after which a token of a class is judged.</summary>
    /// <param name="asked">The last token of the text.</param>
    /// <param name="classes">The classes.</param>
    internal static ScorePositions Positions(int asked, IReadOnlyList<IReadOnlyList<int>> classes)
        => ScorePositions.At([.. Enumerable.Range(asked, Read(classes) + 1)]);

    /// <summary>Log-likelihoods of the classes out of a run of <see cref="Texts"/>.</summary>
    internal static float[] Of(Trace<float> trace, int asked, IReadOnlyList<IReadOnlyList<int>> classes)
        => [.. classes.Select((tokens, c) => Likelihood(trace, c, asked, tokens))];

    /// <summary>What a model says of the classes behind a whole text.</summary>
    /// <param name="network">The model.</param>
    /// <param name="text">Tokens, the asked one last.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="vocabulary">Scores of the vocabulary after the asked token.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    /// <returns>Scores, and the vectors of the classes' tokens where they are several.</returns>
    internal static (float[] Scores, float[] Embedded) Of(
        ILanguageModel network, IReadOnlyList<int> text, IReadOnlyList<IReadOnlyList<int>> classes, ReadOnlySpan<float> vocabulary,
        Workers workers, BufferPool<float> pool)
    {
        if (AreTokens(classes))
        {
            return (Of(vocabulary, classes), []);
        }

        // Recorded, and one by one: else the vectors that were read would be gone by now.
        var (asked, scores, embedded) = (text.Count - 1, new float[classes.Count], new List<float>());
        foreach (var (c, whole) in Texts(text, classes).Index())
        {
            using var trace = network.Forward(
                new Tape<float>(workers, pool, isRecording: true), TokenBatch.Of(whole), Positions(asked, classes));
            scores[c] = Likelihood(trace, item: 0, asked, classes[c]);
            for (var t = 0; t < Read(classes); t++)
            {
                embedded.AddRange(trace.Input.Data.Row(0, text.Count + t));
            }
        }

        return (scores, [.. embedded]);
    }

    private static float Likelihood(Trace<float> trace, int item, int asked, IReadOnlyList<int> tokens)
    {
        var sum = 0.0;
        for (var t = 0; t < tokens.Count; t++)
        {
            sum += Logits.LogProbability(trace.ScoresAt(item, asked + t), tokens[t]);
        }

        return (float)sum;
    }
}
