using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Does the map's maximum lie on the explained garment, where a scene shows two?</summary>
internal sealed class PointingVerb : MeasureVerb
{
    private readonly Option<bool> erase = OptionKinds.Switch(
        "--erase", "Also the perturbation test for each garment's own class: what a map without a class cannot win");

    internal PointingVerb()
        : base("pointing", "Does the map's maximum lie on the explained garment, where a scene shows two?", PictureInput.TwoItems())
        => Add(erase);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate pointing", "all methods of the shipped model on 500 scenes with two garments"),
        (
            "mambascope evaluate pointing --method attribution.exact --method rollout.paper --data fashion-scenes:two-items:100 --json",
            "two methods, fewer scenes, for a script"),
        (
            "mambascope evaluate pointing --model demo-vim --model demo-deit --out pointing --resume",
            "both shipped models, with a report; can be stopped and continued"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Each scene is explained twice, once for each of its two garments. A method that gives the same map for both can hit the\n"
        + "explained garment half of the time at best. Intervals are 95 %, by resampling whole scenes. random is a map of noise, oracle\n"
        + "the mask of the explained garment itself.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new PointingMeasure(session.Arguments.GetValue(erase));
}
