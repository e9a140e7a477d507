namespace Mambascope.Evaluation.Planted;

/// <summary>A text that was made so that it is known which tokens decide what comes next.</summary>
/// <param name="Tokens">The text: bytes of printable characters, so that any model of bytes reads it and a person too.</param>
/// <param name="Questions">The places where the next token is determined by tokens further back.</param>
public sealed record PlantedText(IReadOnlyList<int> Tokens, IReadOnlyList<PlantedQuestion> Questions)
{
    /// <summary>The text as characters.</summary>
    public override string ToString() => string.Concat(Tokens.Select(token => (char)token));
}

/// <summary>A place in a planted text where the next token is determined.</summary>
/// <param name="Position">The last token that is read before answering.</param>
/// <param name="Answer">The token that has to come next.</param>
/// <param name="Truth">
/// Positions of the tokens that carry the answer, all before or at <paramref name="Position"/>: change one of them and the answer changes.
/// </param>
public sealed record PlantedQuestion(int Position, int Answer, IReadOnlyList<int> Truth);
