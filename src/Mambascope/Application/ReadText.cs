using Mambascope.Inputs.Text;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>A text as a model reads it.</summary>
/// <param name="Text">
/// The characters that <see cref="TextToken.Start"/> and <see cref="TextToken.End"/> count; empty for ids without a tokenizer.
/// </param>
/// <param name="Tokens">Its tokens.</param>
public sealed record ReadText(string Text, IReadOnlyList<TextToken> Tokens)
{
    /// <summary>Ids as the model takes them.</summary>
    public int[] Ids => [.. Tokens.Select(token => token.Id)];

    /// <summary>Reads a text.</summary>
    /// <param name="model">Who reads.</param>
    /// <param name="text">The text.</param>
    /// <param name="readsSpecial">Whether special tokens that are written in it are meant as such.</param>
    /// <exception cref="BadInputException">The text has no tokens, or the model no tokenizer.</exception>
    public static ReadText Of(TextModel model, string text, bool readsSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(text, model.Encode(text, readsSpecial));
    }

    /// <summary>Reads ids.</summary>
    /// <exception cref="BadInputException">An id does not exist.</exception>
    public static ReadText OfIds(TextModel model, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(model);
        return OfTokens(model, model.Locate(ids));
    }

    /// <summary>A text of tokens that were located in it.</summary>
    public static ReadText OfTokens(TextModel model, IReadOnlyList<TextToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model.Decode(tokens.Select(token => token.Id)), tokens);
    }

    /// <summary>A token in a sentence: ' is' (15).</summary>
    public static string Quote(string token, int id) => token == $"[{id}]" ? $"id {id}" : $"'{ShownText.Line(token)}' ({id})";

    /// <summary>A token of this text in a sentence.</summary>
    public string Quote(int token) => Quote(Tokens[token].Text, Tokens[token].Id);
}
