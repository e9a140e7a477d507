using Mambascope.Inputs.Text;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>A text as a model reads it.</summary>
/// <param name="Text">The characters that <see cref="TextToken.Start"/> and <see cref="TextToken.End"/> count; empty for ids without a tokenizer.</param>
/// <param name="Tokens">Its tokens.</param>
internal sealed record ReadText(string Text, IReadOnlyList<TextToken> Tokens)
{
    /// <summary>Ids as the model takes them.</summary>
    internal int[] Ids => [.. Tokens.Select(token => token.Id)];

    internal static ReadText Of(TextModel model, string text) => new(text, model.Encode(text));

    internal static ReadText OfTokens(TextModel model, IReadOnlyList<TextToken> tokens) => new(model.Decode(tokens.Select(token => token.Id)), tokens);

    /// <summary>A token in a sentence: ' is' (15).</summary>
    internal static string Quote(string token, int id) => token == $"[{id}]" ? $"id {id}" : $"'{ShownText.Line(token)}' ({id})";
}
