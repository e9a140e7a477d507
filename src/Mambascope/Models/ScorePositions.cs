namespace Mambascope.Models;

/// <summary>
/// At which tokens a language model's scores are wanted. Scores of all tokens of a long text against a whole vocabulary would take more
/// memory than the rest of the run, so by default only the last token of each text is scored.
/// </summary>
public sealed class ScorePositions
{
    private readonly IReadOnlyList<int>? tokens;
    private readonly bool isAll;

    private ScorePositions(IReadOnlyList<int>? tokens, bool isAll)
    {
        this.tokens = tokens;
        this.isAll = isAll;
    }

    /// <summary>The last token of each text.</summary>
    public static ScorePositions Last { get; } = new(tokens: null, isAll: false);

    /// <summary>Every token; behind the end of a text that was padded, scores mean nothing.</summary>
    public static ScorePositions All { get; } = new(tokens: null, isAll: true);

    /// <summary>The given tokens of each text, from 0.</summary>
    public static ScorePositions At(params IReadOnlyList<int> tokens)
        => tokens.Count > 0
            ? new([.. tokens], isAll: false)
            : throw new ArgumentException("At least one token must be scored", nameof(tokens));

    /// <summary>The tokens of a text of <paramref name="length"/> tokens in a batch whose longest has <paramref name="longest"/>.</summary>
    /// <exception cref="BadInputException">The text has no such token.</exception>
    internal int[] Of(int length, int longest)
    {
        if (tokens is null)
        {
            return isAll ? [.. Enumerable.Range(0, longest)] : [length - 1];
        }

        foreach (var token in tokens)
        {
            if (token < 0 || token >= length)
            {
                throw new BadInputException($"position {token} does not exist; the text has tokens 0 to {length - 1}");
            }
        }

        return [.. tokens];
    }
}
