namespace Mambascope.Models;

/// <summary>
/// What a network is, as far as its sizes tell. What it was opened with (labels, tokenizer, preprocessing) is another's matter.
/// </summary>
public sealed record ModelFacts
{
    /// <summary>Short name for programs, that of config.json where there is one: "vim", "mamba2".</summary>
    public required string Name { get; init; }

    /// <summary>What it is called in running text: "Vision Mamba", "Mamba-2".</summary>
    public required string Kind { get; init; }

    /// <summary>The same with what sets this one apart: "Vision Mamba (Vim), bidirectional, directions halved".</summary>
    public required string Title { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// The token that a classifier decides by, counted from 0; null where there is none: it reads the mean of all, or reads text.
    /// </summary>
    public int? ClassToken { get; init; }

    /// <summary>Channels of a layer that have a matrix of hidden attention each; null where no layer has such channels.</summary>
    public int? Channels { get; init; }

    /// <summary>Heads of a layer that have an attention matrix each; null where no layer has heads.</summary>
    public int? Heads { get; init; }

    /// <summary>Layers of each stage, of a model that joins tokens between stages; null for others.</summary>
    public IReadOnlyList<int>? Stages { get; init; }

    /// <summary>What a layer is made of: its mixer, and what else there is to say.</summary>
    public required IReadOnlyList<Fact> Rows { get; init; }
}
