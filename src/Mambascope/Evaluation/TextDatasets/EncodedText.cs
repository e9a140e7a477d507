using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>A text in the tokens of a model, and where they stand in it.</summary>
/// <param name="Tokens">The tokens.</param>
internal sealed record EncodedText(IReadOnlyList<TextToken> Tokens)
{
    /// <summary>Ids.</summary>
    public int[] Ids => [.. Tokens.Select(token => token.Id)];

    /// <summary>Reads a text.</summary>
    /// <exception cref="BadInputException">The model cannot read it, or it has no tokens.</exception>
    public static EncodedText Of(TokenReader reader, string text, string where)
    {
        var tokens = reader.Encode(text);
        return tokens.Count > 0 ? new(tokens) : throw new BadInputException($"{where} has an empty text, expected at least one token");
    }

    /// <summary>The tokens before the first one that reaches beyond a place of the text.</summary>
    public int Before(int character)
    {
        var count = 0;
        while (count < Tokens.Count && Tokens[count].End <= character)
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// Positions of tokens that stand for something in the first <paramref name="characters"/> of the text: no marks of the beginning, no
    /// prompt.
    /// </summary>
    public int[] Places(int characters)
        => [.. Enumerable.Range(0, Tokens.Count).Where(t => Tokens[t].Start < Tokens[t].End && Tokens[t].Start < characters)];

    /// <summary>Those of some positions whose tokens share a character with one of the ranges.</summary>
    public int[] Within(IEnumerable<int> places, IReadOnlyList<(int Start, int End)> ranges)
        => [.. places.Where(place => ranges.Any(range => Tokens[place].Start < range.End && range.Start < Tokens[place].End))];
}
