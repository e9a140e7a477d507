namespace Mambascope.Inputs.Text;

/// <summary>What a <c>tokenizer.json</c> says, checked and ready for use.</summary>
internal sealed record BytePairTokenizerParts
{
    /// <summary>Tokens of the model in <see cref="ByteLetters"/>, and their ids.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>The merges.</summary>
    public required BytePairs Pairs { get; init; }

    /// <summary>Whether a word that is in the vocabulary is one token, whatever the merges say.</summary>
    public required bool WholeWordsFirst { get; init; }

    /// <summary>All added tokens.</summary>
    public required IReadOnlyList<AddedToken> Added { get; init; }

    /// <summary>Those that are looked for in the text as it is.</summary>
    public required AddedTokens RawTokens { get; init; }

    /// <summary>Those that are looked for in the normalised text.</summary>
    public required AddedTokens NormalisedTokens { get; init; }

    /// <summary>The normalizer.</summary>
    public required Func<AlignedText, AlignedText> Normalise { get; init; }

    /// <summary>The steps that cut into words, in order; one of them spells in <see cref="ByteLetters"/>.</summary>
    public required IReadOnlyList<PreTokenizer> PreTokenizers { get; init; }

    /// <summary>Tokens that the template puts in front of every text.</summary>
    public required IReadOnlyList<int> Before { get; init; }

    /// <summary>Tokens that the template puts behind every text.</summary>
    public required IReadOnlyList<int> After { get; init; }
}
