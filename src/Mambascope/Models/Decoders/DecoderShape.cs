using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>A part of a block: what it is, where its weights are, and its constant factors.</summary>
/// <param name="At">What stands before the names of its weights.</param>
/// <param name="Shape">Kind and sizes.</param>
/// <param name="InputFactor">Factor of what it reads.</param>
/// <param name="OutputFactor">Factor of what it gives.</param>
internal sealed record PlacedPart(string At, PartShape Shape, double InputFactor = 1, double OutputFactor = 1)
{
    /// <summary>The part around weights.</summary>
    public IMixer Build(WeightSource source)
    {
        var part = Shape.Build(source, At);
        return InputFactor == 1 && OutputFactor == 1 ? part : new ScaledPart(part, InputFactor, OutputFactor);
    }
}

/// <summary>A residual branch of a block: a norm, and parts that read behind it, side by side.</summary>
/// <param name="Norm">Name of the norm, without ".weight".</param>
/// <param name="Parts">Its parts.</param>
internal sealed record BranchShape(string Norm, params IReadOnlyList<PlacedPart> Parts);

/// <summary>
/// A <see cref="Decoder"/> by its sizes and names: what a family makes of a config.json. Every family is a table of these.
/// </summary>
internal sealed record DecoderShape
{
    /// <summary>model_type in config.json.</summary>
    public required string ModelType { get; init; }

    /// <summary>What its authors call it.</summary>
    public required string Kind { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>The blocks, from input to output.</summary>
    public required IReadOnlyList<IReadOnlyList<BranchShape>> Blocks { get; init; }

    /// <summary>Added to the mean square or the variance in every norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Whether norms are layer norms with biases, not RMS norms.</summary>
    public bool HasNormBias { get; init; }

    /// <summary>Name of the embedding.</summary>
    public string EmbeddingName { get; init; } = "model.embed_tokens.weight";

    /// <summary>Name of the norm in front of the head, without ".weight".</summary>
    public required string FinalNorm { get; init; }

    /// <summary>Whether the head is the embedding, read the other way and not scaled.</summary>
    public required bool IsHeadTied { get; init; }

    /// <summary>Factor of the embedded tokens.</summary>
    public double EmbeddingFactor { get; init; } = 1;

    /// <summary>Factor of what every branch adds to the residual stream.</summary>
    public double BranchFactor { get; init; } = 1;

    /// <summary>Factor of the scores.</summary>
    public double HeadFactor { get; init; } = 1;

    /// <summary>Name and rows of a learned position embedding; null where there is none.</summary>
    public (string Name, int Count)? Positions { get; init; }

    /// <summary>The longest text it can read, and the setting that says so; null for no limit.</summary>
    public (int Tokens, string Setting)? Limit { get; init; }

    /// <summary>What config.json says of it, by its keys.</summary>
    public required IReadOnlyDictionary<string, object> Settings { get; init; }

    /// <summary>Every part, with the block it is in.</summary>
    public IEnumerable<(int Block, PlacedPart Part)> Parts
        => Blocks.SelectMany((branches, block) => branches.SelectMany(branch => branch.Parts).Select(part => (block, part)));

    /// <summary>The layers around weights.</summary>
    public Backbone Build(WeightSource source)
        => new(Blocks.Select(IReadOnlyList<ResidualBranch> (branches) =>
        [
            .. branches.Select(branch => new ResidualBranch(Norm(source, branch.Norm), [.. branch.Parts.Select(part => part.Build(source))])
            {
                Factor = BranchFactor,
            }),
        ]));

    /// <summary>A norm around its weights.</summary>
    public Norm Norm(WeightSource source, string name)
        => new(source(name + ".weight", Width), HasNormBias ? source(name + ".bias", Width) : null, NormEpsilon);
}
