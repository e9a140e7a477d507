namespace Mambascope.Inputs.Text;

/// <summary>
/// How a byte-level tokenizer of a GGUF file cuts text into words, by the name under tokenizer.ggml.pre: expressions one after another,
/// each on the pieces that the one before has left. After llama.cpp/src/llama-vocab.cpp.
/// </summary>
/// <param name="Expressions">The expressions.</param>
/// <param name="WholeWordsFirst">Whether a word that is in the vocabulary is one token, whatever the merges say.</param>
/// <param name="AddsBeginning">Whether the token of the beginning stands before a text where the file does not say.</param>
internal sealed record GgufPatterns(IReadOnlyList<string> Expressions, bool WholeWordsFirst = false, bool AddsBeginning = false)
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Signs = @" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string SignsAndSlashes = @" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Digits1 = @"\p{N}", Digits3 = @"\p{N}{1,3}", ThreeDigits = "[0-9][0-9][0-9]";

    private static readonly GgufPatterns plain = new([Gpt2]);
    private static readonly GgufPatterns singleDigits = new([Digits1, Gpt2]);
    private static readonly GgufPatterns llama3 = new([Cl100k(Digits3)], WholeWordsFirst: true, AddsBeginning: true);
    private static readonly GgufPatterns cl100k = new([Cl100k(Digits3)]);
    private static readonly GgufPatterns qwen2 = new([Cl100k(Digits1)]);
    private static readonly GgufPatterns tekken = new([Cased("", Digits1)], WholeWordsFirst: true, AddsBeginning: true);
    private static readonly GgufPatterns o200k = new([Cased(Contractions + "?", Digits3)]);
    private static readonly GgufPatterns falcon = new([@"[\p{P}\$\+<=>\^~\|`]+", Gpt2, ThreeDigits]);
    private static readonly GgufPatterns unnamed = new([@"[\p{P}\$\+<=>\^~\|]+", Gpt2, @"\p{N}+", ThreeDigits]);

    private static readonly Dictionary<string, GgufPatterns> byName = new(StringComparer.Ordinal)
    {
        ["gpt-2"] = plain,
        ["mpt"] = plain,
        ["olmo"] = plain,
        ["jais"] = plain,
        ["trillion"] = plain,
        ["phi-2"] = plain,
        ["granite-docling"] = plain,
        ["starcoder"] = singleDigits,
        ["refact"] = singleDigits,
        ["command-r"] = singleDigits,
        ["smollm"] = singleDigits,
        ["codeshell"] = singleDigits,
        ["exaone"] = singleDigits,
        ["llama3"] = llama3,
        ["llama-v3"] = llama3,
        ["llama-bpe"] = llama3,
        ["falcon3"] = llama3,
        ["falcon-h1"] = llama3,
        ["pixtral"] = llama3,
        ["lfm2"] = llama3,
        ["dbrx"] = cl100k,
        ["smaug-bpe"] = cl100k,
        ["qwen2"] = qwen2,
        ["stablelm2"] = qwen2,
        ["hunyuan"] = qwen2,
        ["tekken"] = tekken,
        ["gpt-4o"] = o200k,
        ["llama4"] = o200k,
        ["falcon"] = falcon,
        ["default"] = unnamed,
    };

    /// <summary>Known names.</summary>
    public static IReadOnlyCollection<string> Names => byName.Keys;

    /// <summary>The patterns of a name; of a file that gives none, those that llama.cpp falls back to; null for an unknown name.</summary>
    public static GgufPatterns? Find(string? name) => byName.GetValueOrDefault(name ?? "default");

    /// <summary>The steps that cut, and the one that spells in <see cref="ByteLetters"/>.</summary>
    public IReadOnlyList<PreTokenizer> Steps()
        =>
        [
            .. Expressions.Select(expression => new SplitPreTokenizer(TextPattern.Of(expression), SplitBehavior.Isolated, invert: false)),
            new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false),
        ];

    // OpenAI's cl100k and what was made after it: a sign may lead a word, digits stand apart, line ends end a run of signs.
    private static string Cl100k(string digits) => $@"{Contractions}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}|{Signs}";

    // Words end where a lower-case letter is followed by a capital one.
    private static string Cased(string ending, string digits)
        => $@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+{ending}|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*{ending}|{digits}|{SignsAndSlashes}";
}
