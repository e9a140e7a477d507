using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Reads a Hugging Face <c>tokenizer.json</c>. What would change the tokens and is not supported is refused by name, never passed over.
/// </summary>
internal static class BytePairTokenizerFile
{
    private const int LargestFile = 64 << 20; // the largest in use have 35 MB
    private const int IdLimit = 1 << 24;

    public static TextTokenizer Load(string path)
    {
        var bytes = InputFile.ReadAll(path, LargestFile);
        try
        {
            using var document = JsonDocument.Parse(
                bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), new JsonDocumentOptions { MaxDepth = 64 });
            var file = new JsonPart(path + ":", document.RootElement).Object();
            try
            {
                return SentencePieceTokenizerFile.Matches(file) ? SentencePieceTokenizerFile.Read(file) : new BytePairTokenizer(Read(file));
            }
            catch (BadInputException error) when (TokenizerKind.OtherThanByteLevel(document.RootElement) is { } other)
            {
                throw new BadInputException($"{error.Message} (the file holds {other})", error);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new BadInputException(ForeignFile.Describe(bytes) is { } kind
                ? $"{path} {kind}; expected a tokenizer in JSON"
                : $"{path} is not valid JSON: {Printable.Name(Printable.Reason(error))}", error);
        }
    }

    private static BytePairTokenizerParts Read(JsonPart file)
    {
        var model = file.Required("model").Object();
        CheckModel(model);
        var vocabulary = Vocabulary(model.Required("vocab"));
        var pairs = Pairs(model, vocabulary);
        var added = Added(file["added_tokens"], vocabulary);
        var normalise = TokenizerSteps.Normaliser(file["normalizer"]);
        CheckDecoder(file["decoder"], file);
        var (before, after) = Template(file["post_processor"]);
        return new()
        {
            Vocabulary = vocabulary,
            Pairs = pairs,
            WholeWordsFirst = model.Flag("ignore_merges", false),
            Added = added,
            RawTokens = new(added.Where(token => !token.IsNormalised).Select(token => (token.Content, token))),
            NormalisedTokens = new(
                added
                    .Where(token => token.IsNormalised)
                    .Select(token => (normalise(AlignedText.Of(token.Content)).Text.ToString(), token))),
            Normalise = normalise,
            PreTokenizers = TokenizerSteps.PreTokenizers(file["pre_tokenizer"], file),
            Before = before,
            After = after,
        };
    }

    internal static void CheckModel(JsonPart model)
    {
        // Files of the first years name no type: BPE is the model that has merges.
        if (model["type"] is { } type && type.Text() != "BPE")
        {
            throw type.Unexpected("BPE (byte-level), the only kind that is supported");
        }

        if (model["dropout"] is { } dropout && !(dropout.Value.ValueKind == JsonValueKind.Number && dropout.Value.GetDouble() == 0))
        {
            throw dropout.Unexpected("null: tokens drawn at random are not supported");
        }

        foreach (var key in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model[key] is { } affix && affix.Text().Length > 0)
            {
                throw affix.Unexpected("null: byte-level vocabularies have none");
            }
        }
    }

    internal static Dictionary<string, int> Vocabulary(JsonPart part)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>();
        foreach (var (token, id) in part.Members())
        {
            var value = id.Whole(IdLimit);
            if (!vocabulary.TryAdd(token, value))
            {
                throw new BadInputException($"{part.Where} names the token {Printable.Name(token)} twice");
            }

            if (!tokens.TryAdd(value, token))
            {
                throw new BadInputException(
                    $"{part.Where} gives the id {value} to both {Printable.Name(tokens[value])} and {Printable.Name(token)}");
            }
        }

        return vocabulary.Count > 0 ? vocabulary : throw new BadInputException($"{part.Where} is empty, expected tokens and their ids");
    }

    private static BytePairs Pairs(JsonPart model, Dictionary<string, int> vocabulary)
    {
        var merges = new Dictionary<(int, int), (int, int)>();
        var rank = 0;
        foreach (var (left, right, whole) in Merges(model, vocabulary))
        {
            merges[(left, right)] = (rank++, whole); // of two equal merges the later counts, as in the reference
        }

        var letters = vocabulary.Where(token => token.Key.Length == 1).ToDictionary(token => token.Key[0], token => token.Value);
        int? unknown = model["unk_token"] is { } token && vocabulary.TryGetValue(token.Text(), out var id) ? id : null;
        return new(merges, letters, unknown, model.Flag("fuse_unk", false));
    }

    /// <summary>The merges by ids, best first.</summary>
    internal static IEnumerable<(int Left, int Right, int Whole)> Merges(JsonPart model, Dictionary<string, int> vocabulary)
    {
        foreach (var merge in model.Required("merges").Items())
        {
            var (left, right) = Merge(merge);
            yield return (Id(merge, left), Id(merge, right), Id(merge, left + right));
        }

        int Id(JsonPart merge, string token)
            => vocabulary.TryGetValue(token, out var id)
                ? id
                : throw new BadInputException($"{merge.Where} needs the token {Printable.Name(token)}, which model.vocab does not have");
    }

    /// <summary>Older files write "left right", newer ones ["left", "right"].</summary>
    private static (string Left, string Right) Merge(JsonPart merge)
    {
        var halves =
            merge.Value.ValueKind == JsonValueKind.Array ? [.. merge.Items().Select(half => half.Text())] : merge.Text().Split(' ');
        return halves is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw merge.Unexpected("two tokens");
    }

    internal static List<AddedToken> Added(JsonPart? part, Dictionary<string, int> vocabulary)
    {
        var added = new Dictionary<int, AddedToken>();
        var ids = vocabulary.ToDictionary(token => token.Value, token => token.Key);
        foreach (var entry in part?.Items() ?? [])
        {
            var (id, content) = (entry.Required("id").Whole(IdLimit), entry.Required("content").Text());
            if (vocabulary.TryGetValue(content, out var known) ? known != id : ids.ContainsKey(id))
            {
                throw new BadInputException(
                    $"{entry.Where} gives {Printable.Name(content)} the id {id}, but in model.vocab "
                        + (ids.TryGetValue(id, out var other) && other != content ? $"that is {Printable.Name(other)}" : $"it is {known}"));
            }

            var token = new AddedToken(
                id,
                content,
                entry.Flag("single_word", false),
                entry.Flag("lstrip", false),
                entry.Flag("rstrip", false),
                entry.Flag("normalized", !entry.Flag("special", false)),
                entry.Flag("special", false));
            if (!added.TryAdd(id, token))
            {
                throw new BadInputException(
                    $"{entry.Where} gives the id {id} to {Printable.Name(content)}, which {Printable.Name(added[id].Content)} has already");
            }
        }

        return [.. added.Values];
    }

    private static void CheckDecoder(JsonPart? decoder, JsonPart file)
    {
        foreach (
            var step in TokenizerSteps.Flat(
                decoder
                    ?? throw new BadInputException(
                        $"{file.Where} decoder is missing, expected ByteLevel: only byte-level tokenizers are supported"),
                "decoders"))
        {
            if (step.Required("type").Text() != "ByteLevel")
            {
                throw step.Required("type").Unexpected("ByteLevel, the only decoder that is supported");
            }
        }
    }

    /// <summary>
    /// The tokens around a text of one part. A ByteLevel step only trims offsets, which is not wanted here: every character is shown.
    /// </summary>
    internal static (List<int> Before, List<int> After) Template(JsonPart? processor)
    {
        var (before, after) = (new List<int>(), new List<int>());
        foreach (var step in processor is { } given ? TokenizerSteps.Flat(given, "processors") : [])
        {
            switch (step.Required("type").Text())
            {
                case "ByteLevel":
                    break;
                case "TemplateProcessing":
                    var isAfter = false;
                    foreach (var item in step.Required("single").Items())
                    {
                        if (item["Sequence"] is not null)
                        {
                            isAfter = true;
                        }
                        else
                        {
                            var name = item.Required("SpecialToken").Required("id").Text();
                            (isAfter ? after : before).AddRange(
                                step.Required("special_tokens").Required(name).Required("ids").Items().Select(id => id.Whole(IdLimit)));
                        }
                    }

                    break;
                default:
                    throw step.Required("type").Unexpected("ByteLevel or TemplateProcessing, the post-processors that are supported");
            }
        }

        return (before, after);
    }
}
