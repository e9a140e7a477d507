namespace Mambascope.Evaluation.TextDatasets;

/// <summary>What a data set of text needs beside its name.</summary>
public sealed record TextDatasetOptions
{
    /// <summary>Number of windows of a text file; null for the standard.</summary>
    public int? Windows { get; init; }

    /// <summary>Characters of a window of a text file.</summary>
    public int WindowLength { get; init; } = WindowedText.StandardLength;

    /// <summary>
    /// Put behind every text, such as <c> Sentiment:</c>; <c>{query}</c> stands for the query of an ERASER instance. Null for what is usual
    /// for the data: nothing, <c> It was</c> for sentiment, <c>Answer:</c> in a line of its own for ARC.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>
    /// For data with classes, the text that answers each class, of exactly one token for ERASER's; null for the standard words of
    /// sentiment, and for ERASER's to let the model say anything.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Answers { get; init; }

    /// <summary>
    /// Words of a document of an ERASER instance, or of a text with a class, that are read, from its beginning; null for all.
    /// </summary>
    public int? Words { get; init; }

    /// <summary>A token put before every sentence of a minimal pair, so that its first word is judged too; null for none.</summary>
    public string? Begin { get; init; }

    /// <summary>Questions at most, spread evenly over the data; null for all.</summary>
    public int? Questions { get; init; }
}
