using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Reads a <c>tokenizer.json</c> that was made of a SentencePiece model with BPE and byte fallback (Llama 2, Mistral, Jamba): merges are a
/// list here, and where spaces are put in front is said by a normalizer or by a Metaspace step.
/// </summary>
internal static class SentencePieceTokenizerFile
{
    private const string Space = "\u2581";

    /// <summary>Whether a file is of this kind.</summary>
    public static bool Matches(JsonPart file) => file["model"] is { } model && model.Object().Flag("byte_fallback", false);

    /// <summary>Reads it.</summary>
    public static SentencePieceTokenizer Read(JsonPart file)
    {
        var model = file.Required("model").Object();
        BytePairTokenizerFile.CheckModel(model);
        var vocabulary = BytePairTokenizerFile.Vocabulary(model.Required("vocab"));
        CheckDecoder(file["decoder"]);
        var (before, after) = BytePairTokenizerFile.Template(file["post_processor"]);
        var (prefix, spares) = Prefix(file);
        return new(new()
        {
            Vocabulary = vocabulary,
            Merges = SentencePieceMerges.OfList(vocabulary, BytePairTokenizerFile.Merges(model, vocabulary)),
            Added = BytePairTokenizerFile.Added(file["added_tokens"], vocabulary),
            Unknown = model["unk_token"] is { } token && vocabulary.TryGetValue(token.Text(), out var id) ? id : null,
            Prefix = prefix,
            SparesSpace = spares,
            Before = before,
            After = after,
        });
    }

    private static (SpacePrefix Prefix, bool Spares) Prefix(JsonPart file)
    {
        var (replaces, prepends) = (false, false);
        foreach (var step in file["normalizer"] is { } normaliser ? TokenizerSteps.Flat(normaliser, "normalizers") : [])
        {
            switch (step.Required("type").Text())
            {
                case "Prepend" when !replaces && step.Required("prepend").Text() == Space:
                    prepends = true;
                    break;
                case "Replace" when step.Required("pattern")["String"]?.Text() == " " && step.Required("content").Text() == Space:
                    replaces = true;
                    break;
                default:
                    throw step.Required("type").Unexpected($"Prepend of {Space} and Replace of a space by {Space}, the normalizers " +
                        "that are supported beside byte fallback");
            }
        }

        if (file["pre_tokenizer"] is not { } cut)
        {
            return replaces
                ? (prepends ? SpacePrefix.AfterEveryCut : SpacePrefix.None, false)
                : throw new BadInputException($"{file.Where} says nowhere that a space is written {Space}: expected a normalizer or a " +
                    "Metaspace pre_tokenizer, as vocabularies with byte fallback have");
        }

        var isMetaspace = cut.Required("type").Text() == "Metaspace" && cut.Required("replacement").Text() == Space;
        if (!isMetaspace || replaces || cut.Flag("split", true))
        {
            throw cut.Required("type").Unexpected($"Metaspace with {Space} and without split, or none, beside byte fallback");
        }

        var scheme = cut["prepend_scheme"]?.Text() ?? (cut.Flag("add_prefix_space", true) ? "always" : "never");
        return scheme switch
        {
            "always" => (SpacePrefix.AfterEveryCut, true),
            "first" => (SpacePrefix.First, true),
            "never" => (SpacePrefix.None, false),
            _ => throw cut.Required("prepend_scheme").Unexpected("always, first or never"),
        };
    }

    // What they do is known: spaces, bytes, all in one, and the space in front taken off again, which is kept here so that places fit.
    private static void CheckDecoder(JsonPart? decoder)
    {
        foreach (var step in decoder is { } given ? TokenizerSteps.Flat(given, "decoders") : [])
        {
            if (step.Required("type").Text() is not ("Replace" or "ByteFallback" or "Fuse" or "Strip" or "Metaspace"))
            {
                throw step.Required("type").Unexpected("Replace, ByteFallback, Fuse, Strip or Metaspace, the decoders of " +
                    "SentencePiece vocabularies (model.byte_fallback is true)");
            }
        }
    }
}
