using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Robustness;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>How still maps hold.</summary>
internal sealed class RobustnessVerb : MeasureVerb
{
    private readonly Option<double?> radius = OptionKinds.Share(
        "--radius",
        "SHARE",
        $"Greatest change of a pixel, as a share of the way from black to white [default: {MaxSensitivity.StandardRadius}]");
    private readonly Option<int?> samples = OptionKinds.Whole(
        "--samples", "N", $"Changed copies of each picture [default: {MaxSensitivity.StandardSamples}]", 1);

    internal RobustnessVerb()
        : base("robustness", "How far do maps move when the picture changes a little? Max-sensitivity", PictureInput.Any())
    {
        Add(radius);
        Add(samples);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate robustness --method rollout,attribution,smoothgrad --data fashion-scenes:test:50",
            "three methods on 50 scenes"),
        ("mambascope evaluate robustness --radius 0.1 --samples 30", "larger changes, more of them"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Each picture is explained 1 + N times, so a run takes as many times as long as a single explanation; evaluate plan robustness "
            + "tells. The\n"
            + "copies are drawn from --seed and the number of the picture, the same for every method. After Yeh et al. 2019, by sampling.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
    {
        var reach = session.Arguments.GetValue(radius) ?? MaxSensitivity.StandardRadius;
        return reach is > 0 and <= 1
            ? new RobustnessMeasure(reach, session.Arguments.GetValue(samples) ?? MaxSensitivity.StandardSamples)
            : throw new UsageException($"--radius {reach}: expected a number above 0 and at most 1");
    }
}
