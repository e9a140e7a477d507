namespace Mambascope.Models;

/// <summary>
/// Texts as token ids, (B, L) row after row. Texts shorter than the longest are padded on the right: in a causal model no token sees what
/// follows it, so every text gets exactly what it would get alone, and no mask is needed.
/// </summary>
public sealed class TokenBatch
{
    // What stands behind the end of a short text; never seen by any of its tokens.
    private const int Padding = 0;

    private TokenBatch(int[] ids, int[] lengths)
    {
        Ids = ids;
        Lengths = lengths;
        Length = lengths.Max();
    }

    /// <summary>Ids, B x L values.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Tokens of each text.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Tokens of the longest text, L.</summary>
    public int Length { get; }

    /// <summary>Number of texts, B.</summary>
    public int Batch => Lengths.Count;

    /// <summary>One text.</summary>
    /// <exception cref="BadInputException">It has no tokens.</exception>
    public static TokenBatch Of(IReadOnlyList<int> text) => Of([text]);

    /// <summary>Several texts, of any lengths.</summary>
    /// <exception cref="BadInputException">There is no text, or one has no tokens.</exception>
    public static TokenBatch Of(IReadOnlyList<IReadOnlyList<int>> texts)
    {
        if (texts.Count == 0 || texts.Any(text => text.Count == 0))
        {
            throw new BadInputException("there is a text without tokens; a model needs at least one token to predict the next");
        }

        int[] lengths = [.. texts.Select(text => text.Count)];
        var ids = new int[texts.Count * lengths.Max()];
        Array.Fill(ids, Padding);
        for (var item = 0; item < texts.Count; item++)
        {
            for (var t = 0; t < lengths[item]; t++)
            {
                ids[(item * lengths.Max()) + t] = texts[item][t];
            }
        }

        return new(ids, lengths);
    }

    /// <summary>Refuses ids that the model does not have.</summary>
    /// <exception cref="BadInputException">An id is negative or not below <paramref name="vocabularySize"/>.</exception>
    internal void Check(int vocabularySize)
    {
        for (var i = 0; i < Ids.Count; i++)
        {
            if (Ids[i] < 0 || Ids[i] >= vocabularySize)
            {
                throw new BadInputException(
                    $"token id {Ids[i]} at position {i % Length}{(Batch > 1 ? $" of text {i / Length}" : "")} does not exist; the model "
                        + $"has ids 0 to {vocabularySize - 1}");
            }
        }
    }
}
