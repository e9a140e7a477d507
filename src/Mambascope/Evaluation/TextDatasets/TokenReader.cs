using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>How a language model reads text: all models are asked the same questions, each in its own tokens.</summary>
/// <param name="Name">The model's name, for messages.</param>
/// <param name="Tokenizer">Its tokenizer; null where the model came without one.</param>
public sealed record TokenReader(string Name, TextTokenizer? Tokenizer)
{
    /// <summary>The tokens of a text.</summary>
    /// <exception cref="BadInputException">The model has no tokenizer.</exception>
    public IReadOnlyList<TextToken> Encode(string text)
        => Tokenizer?.Encode(text)
        ?? throw new BadInputException(
            $"{Name} has no tokenizer (no {TextTokenizer.FileName} beside its weights), so it cannot read the texts of this data set");

    /// <summary>The id of a text that is exactly one token.</summary>
    /// <exception cref="BadInputException">It is none or several, or the model has no tokenizer.</exception>
    public int Token(string text)
    {
        if (Tokenizer is null)
        {
            throw new BadInputException($"{Name} has no tokenizer, so '{Printable.Name(text)}' cannot be looked up");
        }

        try
        {
            return Tokenizer.Find(text);
        }
        catch (BadInputException error)
        {
            throw new BadInputException($"{Name}: {error.Message}", error);
        }
    }

    /// <summary>A token as it is shown.</summary>
    public string Show(int id) => Tokenizer?.Show(id) ?? $"[{id}]";

    /// <summary>Refuses a model whose tokens are not bytes.</summary>
    /// <exception cref="BadInputException">They are not.</exception>
    internal void RequireBytes(string data)
    {
        if (Tokenizer is not ByteTokenizer)
        {
            throw new BadInputException(
                $"the texts of {data} are bytes, and {Name} "
                    + $"{(Tokenizer is null ? "has no tokenizer" : $"has {Tokenizer.VocabularySize} tokens of another kind")}; expected a "
                    + "model of bytes (\"tokenizer\": \"bytes\" in its config.json)");
        }
    }
}
