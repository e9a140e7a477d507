using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// What says each class behind a text: a language model has no head for classes. For sentiment there is a standard, the words of Gao et al.
/// 2021 (LM-BFF); for other classes the user says the words.
/// </summary>
/// <param name="Classes">Names of the classes, in their order.</param>
/// <param name="Words">The text of each.</param>
internal sealed record AnswerWords(IReadOnlyList<string> Classes, IReadOnlyList<string> Words)
{
    /// <summary>What stands behind a text unless the user says otherwise.</summary>
    internal const string StandardPrompt = " It was";

    private const string Negative = "negative";
    private const string Positive = "positive";

    private static readonly Dictionary<string, string> sentiment = new(StringComparer.OrdinalIgnoreCase)
    {
        ["0"] = Negative,
        ["neg"] = Negative,
        [Negative] = Negative,
        ["1"] = Positive,
        ["pos"] = Positive,
        [Positive] = Positive,
    };

    /// <summary>The words for the labels of a data set.</summary>
    /// <param name="where">The data, for messages.</param>
    /// <param name="labels">As they stand there.</param>
    /// <param name="given">The user's words by label; null for the standard.</param>
    /// <exception cref="BadInputException">A label has no words, or there is one class only.</exception>
    internal static AnswerWords Of(string where, IEnumerable<string> labels, IReadOnlyDictionary<string, string>? given)
    {
        string[] all = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var isSentiment = all.All(sentiment.ContainsKey);
        if (given is null && !isSentiment)
        {
            throw new BadInputException(
                $"{where}: expected --answers CLASS=TEXT,... for its classes ({Printable.Name(string.Join(", ", all))}): only sentiment "
                    + "(0 and 1, negative and positive) has standard words");
        }

        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (label, text) in given ?? new Dictionary<string, string> { [Negative] = " terrible", [Positive] = " great" })
        {
            words[isSentiment && sentiment.TryGetValue(label, out var name) ? name : label] = text;
        }

        if (all.FirstOrDefault(label => !words.ContainsKey(isSentiment ? sentiment[label] : label)) is { } without)
        {
            throw new BadInputException(
                $"{where}: a text has the class {Printable.Name(without)}, expected one of those with an answer: "
                    + $"{string.Join(", ", words.Keys.Select(Printable.Name))}");
        }

        string[] classes = [.. words.Keys.Order(StringComparer.Ordinal)];
        return classes.Length > 1
            ? new(classes, [.. classes.Select(name => words[name])])
            : throw new BadInputException($"{where}: expected answers for two classes or more, found {classes.Length}");
    }

    /// <summary>The class that a label of the data means.</summary>
    internal int ClassOf(string label)
        => Classes.Index().First(each => each.Item == label || (sentiment.TryGetValue(label, out var name) && each.Item == name)).Index;

    /// <summary>For the data's name in results.</summary>
    public override string ToString() => string.Join(", ", Classes.Zip(Words, (name, text) => $"{name}='{text}'"));

    /// <summary>The tokens of a class behind a text.</summary>
    /// <param name="reader">How the model reads.</param>
    /// <param name="text">The text, its prompt included.</param>
    /// <param name="read">The tokens of the text.</param>
    /// <param name="answer">What is said behind it.</param>
    /// <param name="where">For messages.</param>
    /// <exception cref="BadInputException">The model cannot read it.</exception>
    internal static int[] Tokens(TokenReader reader, string text, EncodedText read, string answer, string where)
    {
        var both = EncodedText.Of(reader, text + answer, where).Ids;
        var own = read.Ids;
        if (both.Length > own.Length && both.AsSpan().StartsWith(own))
        {
            return both[own.Length..];
        }

        // A tokenizer that joins across the border: the answer by itself, without marks of the beginning.
        IEnumerable<TextToken> alone = EncodedText.Of(reader, answer, where).Tokens;
        int[] tokens = [.. alone.Where(token => token.Start < token.End).Select(token => token.Id)];
        return tokens.Length > 0 ? tokens : throw new BadInputException($"{where}: the answer '{Printable.Name(answer)}' has no token");
    }
}
