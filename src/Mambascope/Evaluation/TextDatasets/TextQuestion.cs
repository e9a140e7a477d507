using System.Collections.ObjectModel;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// A text as one model reads it, up to a token after which the next one is asked for, and what is known about the answer.
/// </summary>
/// <param name="Id">Stable name in its data set.</param>
/// <param name="Tokens">Ids, the asked token last.</param>
/// <param name="Places">
/// Positions that take part in a test, rising: where evidence may stand and what may be taken away. Marks of the beginning and a prompt do
/// not.
/// </param>
/// <param name="Answer">The token that has to come next, or null where it is not known.</param>
/// <param name="Truth">Which of <paramref name="Places"/> carry the answer, rising; null where it is not known.</param>
public sealed record TextQuestion(string Id, int[] Tokens, IReadOnlyList<int> Places, int? Answer, IReadOnlyList<int>? Truth)
{
    /// <summary>A token that could have come instead: the explanation is of the answer against it; or null.</summary>
    public int? Contrast { get; init; }

    /// <summary>The tokens among which the model chooses, one a class; null for the whole vocabulary.</summary>
    public IReadOnlyList<int>? Choices { get; init; }

    /// <summary>
    /// The classes among which the model chooses, each as the tokens that say it behind the text; null where it has none. Then
    /// <see cref="Answer"/> is the first token of the right one, and measures look at the classes in place of the vocabulary.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? Classes { get; init; }

    /// <summary>Which of <see cref="Classes"/> is right; null where that is not known.</summary>
    public int? Class { get; init; }

    /// <summary>Two sentences of which the model should prefer one; null for a question of another kind.</summary>
    public TextPair? Pair { get; init; }

    /// <summary>More that is known about it, for slices.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Hash of everything that is known of it, its tokens first.</summary>
    internal string Fingerprint()
    {
        using var hash = new Fingerprint();
        hash.Add(Tokens).Add(Places).Add(Answer).Add(Truth).Add(Contrast).Add(Choices);
        foreach (var part in new[] { Pair?.Good, Pair?.Bad, Pair?.GoodWord, Pair?.BadWord })
        {
            hash.Add(part?.Tokens).Add(part?.From);
        }

        foreach (var tokens in Classes ?? [])
        {
            hash.Add(tokens);
        }

        return (Class is { } right ? hash.Add(right) : hash).ToString();
    }

    /// <summary>The token after which the next one is asked for.</summary>
    public int Asked => Tokens.Length - 1;

    /// <summary>
    /// <see cref="Places"/> without the asked token: after another token, something else would come next for that reason alone.
    /// </summary>
    public int[] Removable => [.. Places.Where(place => place != Asked)];

    /// <summary>For each of <see cref="Places"/> whether it carries the answer, as bytes 1 and 0.</summary>
    public byte[] TruthAtPlaces => [.. Places.Select(place => (byte)(Truth?.Contains(place) == true ? 1 : 0))];
}

/// <summary>Tokens whose later part is judged by how likely the model holds it after the earlier part.</summary>
/// <param name="Tokens">Ids.</param>
/// <param name="From">First token that is judged, at least 1.</param>
public sealed record Continuation(int[] Tokens, int From);

/// <summary>A minimal pair: two sentences that differ in what makes one of them wrong.</summary>
/// <param name="Good">The right sentence.</param>
/// <param name="Bad">The wrong one.</param>
/// <param name="GoodWord">The deciding word after its prefix, of the right sentence, where the pair has one.</param>
/// <param name="BadWord">That of the wrong one.</param>
public sealed record TextPair(Continuation Good, Continuation Bad, Continuation? GoodWord, Continuation? BadWord);
