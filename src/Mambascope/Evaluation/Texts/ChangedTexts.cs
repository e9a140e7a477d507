using Mambascope.Evaluation.Cases;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>
/// A question with some of its tokens taken away, in as many ways as the maps of all methods ask for. Each way is run once: methods share
/// the first steps and the last, and often more.
/// </summary>
internal sealed class ChangedTexts(QuestionCase question, TokenRemoval removal, Workers workers, BufferPool<float> pool)
{
    private readonly Dictionary<string, float[]> known = new(StringComparer.Ordinal);

    /// <summary>
    /// Scores after the asked token where the given tokens are gone, one text an entry: of the classes where the question has some, else of
    /// the vocabulary.
    /// </summary>
    public IReadOnlyList<float[]> Without(IReadOnlyList<IReadOnlyCollection<int>> removed)
    {
        var texts = removed.Select(Gone).ToArray();
        var keys = texts.Select(gone => string.Concat(gone.Select(is_ => is_ ? '1' : '0'))).ToArray();
        int[] missing =
        [
            .. Enumerable.Range(0, keys.Length).Where(i => !known.ContainsKey(keys[i])).DistinctBy(i => keys[i], StringComparer.Ordinal),
        ];
        foreach (var (i, scores) in missing.Zip(removal.Scores(question, [.. missing.Select(i => texts[i])], workers, pool)))
        {
            known.Add(keys[i], scores);
        }

        return [.. keys.Select(key => known[key])];
    }

    /// <summary>Nothing is taken away: the scores that the question came with.</summary>
    public float[] Whole => question.AnswerScores;

    private bool[] Gone(IReadOnlyCollection<int> places)
    {
        var gone = new bool[question.Source.Tokens.Length];
        foreach (var place in places)
        {
            gone[place] = true;
        }

        return gone;
    }
}
