using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>
/// The steps of a <c>tokenizer.json</c> that come before the model: normalizers and pre-tokenizers, by their names there.
/// </summary>
internal static class TokenizerSteps
{
    private const int MostSteps = 64;

    /// <summary>All normalizers as one function.</summary>
    public static Func<AlignedText, AlignedText> Normaliser(JsonPart? part)
    {
        var steps = (part is { } given ? Flat(given, "normalizers") : []).Select(step => step.Required("type").Text() switch
        {
            "NFC" => (Func<AlignedText, AlignedText>)CanonicalForm.Compose,
            "NFD" => CanonicalForm.Decompose,
            _ => throw step.Required("type").Unexpected("NFC or NFD, the normalizers that are supported"),
        }).ToList();
        return text => steps.Aggregate(text, (result, step) => step(result));
    }

    /// <summary>All pre-tokenizers in order.</summary>
    public static IReadOnlyList<PreTokenizer> PreTokenizers(JsonPart? part, JsonPart file)
    {
        var steps = (part is { } given ? Flat(given, "pretokenizers") : []).Select(step => (Step: Step(step), step.Where)).ToList();
        return steps.Count(step => step.Step is ByteLevelPreTokenizer) == 1
            ? [.. steps.Select(step => step.Step)]
            : throw new BadInputException(
                $"{file.Where} pre_tokenizer has {steps.Count(step => step.Step is ByteLevelPreTokenizer)} ByteLevel steps, expected one: "
                    + "only byte-level tokenizers are supported");
    }

    /// <summary>A step, or the steps of a Sequence, also one within another.</summary>
    public static IReadOnlyList<JsonPart> Flat(JsonPart part, string listName)
    {
        List<JsonPart> steps = [.. All(part, listName).Take(MostSteps + 1)];
        return steps.Count <= MostSteps ? steps : throw new BadInputException($"{part.Where} has more than {MostSteps} steps");
    }

    private static IEnumerable<JsonPart> All(JsonPart part, string listName)
        => part.Required("type").Text() == "Sequence" ? part.Required(listName).Items().SelectMany(step => All(step, listName)) : [part];

    private static PreTokenizer Step(JsonPart part)
    {
        return part.Required("type").Text() switch
        {
            "ByteLevel" => new ByteLevelPreTokenizer(part.Flag("add_prefix_space", true), part.Flag("use_regex", true)),
            "Split" => new SplitPreTokenizer(
                Pattern(part.Required("pattern")),
                Behavior(part.Required("behavior")),
                part.Flag("invert", false)),
            "Digits" => new SplitPreTokenizer(
                TextPattern.Digit,
                part.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous,
                invert: false),
            "Punctuation" => new SplitPreTokenizer(
                TextPattern.Punctuation,
                part["behavior"] is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated,
                invert: false),
            _ => throw part.Required("type")
                .Unexpected("ByteLevel, Split, Digits, Punctuation or a Sequence of them, the pre-tokenizers that are supported"),
        };
    }

    private static TextPattern Pattern(JsonPart part)
    {
        var literal = part["String"];
        var expression = literal ?? part.Required("Regex");
        try
        {
            return literal is null ? TextPattern.Of(expression.Text()) : TextPattern.Literally(expression.Text());
        }
        catch (ArgumentException error)
        {
            throw new BadInputException($"{expression.Where} is not supported: {Printable.Reason(error)}", error);
        }
    }

    private static SplitBehavior Behavior(JsonPart part)
        => Enum.TryParse<SplitBehavior>(part.Text(), out var behavior) && Enum.IsDefined(behavior) && !char.IsAsciiDigit(part.Text()[0])
            ? behavior
            : throw part.Unexpected(string.Join(", ", Enum.GetNames<SplitBehavior>()));
}
