using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Turns text into the tokens of a language model and back. Read-only and thread-safe.
/// </summary>
public abstract class TextTokenizer
{
    /// <summary>What a folder of a model calls its tokenizer.</summary>
    public const string FileName = "tokenizer.json";

    private protected TextTokenizer() { }

    /// <summary>One more than the largest id. A model may have more rows: many vocabularies are padded.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>
    /// Reads a Hugging Face <c>tokenizer.json</c> with byte-level BPE (GPT-2, GPT-NeoX, Llama 3 and their like) or with SentencePiece's BPE
    /// (Llama 2, Mistral), or the tokenizer of a GGUF file.
    /// </summary>
    /// <param name="path">The file, or a folder that holds a <c>tokenizer.json</c>.</param>
    /// <exception cref="BadInputException">It is missing or damaged, or asks for what is not supported; the message names it.</exception>
    public static TextTokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (CheckpointPath.IsGgufName(path))
        {
            return GgufTokenizer.Read(GgufFile.ReadMetadata(path));
        }

        return BytePairTokenizerFile.Load(Directory.Exists(path) ? Path.Combine(path, FileName) : path);
    }

    /// <summary>As <see cref="Load"/>, for who can do without: a model reads token ids whatever its tokenizer is.</summary>
    /// <param name="path">The file, or a folder that holds it.</param>
    /// <param name="refusal">Why it cannot be used, to be said when text is given; null where it can.</param>
    public static TextTokenizer? LoadOrRefuse(string path, out BadInputException? refusal)
    {
        try
        {
            refusal = null;
            return Load(path);
        }
        catch (BadInputException error)
        {
            refusal = error;
            return null;
        }
    }

    /// <summary>The tokens of a text, with the marks that the tokenizer's template puts around it (most have none).</summary>
    /// <remarks>A lone half of a surrogate pair is no character; it counts as U+FFFD.</remarks>
    public IReadOnlyList<TextToken> Encode(string text) => Encode(text, readsSpecial: true);

    /// <summary>The same of a text in which special tokens need not be meant.</summary>
    /// <param name="text">The text.</param>
    /// <param name="readsSpecial">
    /// Whether a special token that is written in it, such as &lt;|endoftext|&gt;, is that token, rather than the letters it is written
    /// with.
    /// </param>
    public abstract IReadOnlyList<TextToken> Encode(string text, bool readsSpecial);

    /// <summary>
    /// The text of tokens. Bytes that are no valid UTF-8 become U+FFFD; ids that have no token (padding of the vocabulary) become nothing.
    /// </summary>
    /// <exception cref="BadInputException">An id is negative.</exception>
    public string Decode(IEnumerable<int> ids) => Assemble(ids).ToText(out _);

    /// <summary>Tokens by id, with their ranges in <see cref="Decode"/> of the same ids: for text that a model wrote.</summary>
    /// <exception cref="BadInputException">An id is negative.</exception>
    public IReadOnlyList<TextToken> Locate(IEnumerable<int> ids)
    {
        var bytes = Assemble(ids);
        bytes.ToText(out var characters);
        var tokens = new TextToken[bytes.Tokens.Count];
        for (var i = 0; i < tokens.Length; i++)
        {
            var (id, first) = bytes.Tokens[i];
            var end = i + 1 < tokens.Length ? bytes.Tokens[i + 1].FirstByte : bytes.Count;
            var start = characters[first].Start; // past the last byte: the end of the text
            tokens[i] = new(id, Show(id), start, first == end ? start : characters[end - 1].End);
        }

        return tokens;
    }

    /// <summary>
    /// One token as it is shown: its text, bytes that are no whole character as <c>\xE2</c>, an id without token as <c>[id]</c>.
    /// </summary>
    public virtual string Show(int id) => Bytes(id) is { } bytes ? Utf8Text.Show(bytes) : $"[{id}]";

    /// <summary>The id of a text that is exactly one token.</summary>
    /// <exception cref="BadInputException">It is none or several; the message lists them.</exception>
    public int Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = EncodePlain(text);
        if (tokens.Count == 1)
        {
            return tokens[0].Id;
        }

        const int Shown = 8;
        var listed = string.Join(", ", tokens.Take(Shown).Select(token => $"'{Printable.Name(token.Text)}' ({token.Id})"));
        throw new BadInputException(tokens.Count == 0
            ? $"'{Printable.Name(text)}' is no token, expected text that is exactly one"
            : $"'{Printable.Name(text)}' is {tokens.Count} tokens, expected exactly one: {listed}{(tokens.Count > Shown ? ", ..." : "")}; "
                + "give one of them, or an id (a word inside a sentence usually starts with its space: ' is')");
    }

    /// <summary>The bytes a token stands for; null for an id without token.</summary>
    private protected abstract byte[]? Bytes(int id);

    /// <summary>The tokens of a text and nothing around them.</summary>
    private protected abstract IReadOnlyList<TextToken> EncodePlain(string text);

    private Utf8Text Assemble(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new Utf8Text();
        foreach (var id in ids)
        {
            text.Append(
                id,
                id >= 0 ? Bytes(id) ?? [] : throw new BadInputException($"token id {id} is negative, expected 0 to {VocabularySize - 1}"));
        }

        return text;
    }
}
