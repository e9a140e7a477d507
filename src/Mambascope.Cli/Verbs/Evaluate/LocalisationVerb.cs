using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Relevance on the object or beside it.</summary>
internal sealed class LocalisationVerb : MeasureVerb
{
    private readonly Option<int?> tolerance = OptionKinds.Whole(
        "--tolerance",
        "PIXELS",
        "A maximum at most so far from the object is a hit too; 15 in the pointing game's original [default: 0]",
        0);

    internal LocalisationVerb()
        : base(
            "localisation",
            "Does relevance lie on the object? Pointing game, relevance mass and rank accuracy",
            PictureInput.Any(),
            scoresMaps: true) => Add(tolerance);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate localisation", "the shipped model on 200 scenes with exact masks"),
        (
            "mambascope evaluate localisation --model vim_s.pth --data gtsegs_ijcv.mat --tolerance 15 --out located --resume",
            "a released checkpoint on ImageNet-Segmentation"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Maps are enlarged to the picture and not min-maxed, since that would move relevance from where it is to everywhere. Two "
            + "objects and\n"
            + "two classes in one picture: see evaluate pointing.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new LocalisationMeasure(session.Arguments.GetValue(tolerance) ?? 0);
}
