using System.CommandLine;
using System.Globalization;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Perturbation;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Accuracy while pixels are erased in the order of a map.</summary>
internal sealed class PerturbationVerb : MeasureVerb
{
    private readonly Option<string> eraser = OptionKinds.Choice(
        "--eraser",
        "What stands in the place of an erased pixel [default: black]. "
            + $"{string.Join("; ", Erasers.All.Select(each => $"{each.Name}: {each.Description}"))}",
        [.. Erasers.All.Select(each => (each.Name, each.Name))]);

    private readonly Option<PerturbationDirection> direction = OptionKinds.Choice(
        "--direction", "Take pixels out of the picture, or put them back into an erased one [default: deletion]",
        [("deletion", PerturbationDirection.Deletion), ("insertion", PerturbationDirection.Insertion)]);

    private readonly Option<string?> fractions = OptionKinds.Text(
        "--fractions", "LIST", "Shares of the pixels, rising, such as 0.05,0.1,0.2 [default: 0.1 to 0.9 in steps of 0.1]");

    internal PerturbationVerb()
        : base(
            "perturbation",
            "Accuracy while pixels are erased, the most relevant first (positive) and last (negative)",
            PictureInput.Any(),
            scoresMaps: true)
    {
        Add(eraser);
        Add(direction);
        Add(fractions);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate perturbation --model demo-vim --model demo-deit --method raw,rollout,attribution",
            "the published comparison on the shipped pair, 200 scenes"),
        (
            "mambascope evaluate perturbation --model vim_s.pth --data imagenet/val --out table1 --resume",
            "a released checkpoint on ImageNet's validation folders; can be stopped and continued"),
        (
            "mambascope evaluate perturbation --eraser road --direction insertion --data pictures/ --data-labels labels.csv",
            "other pictures, pixels put back instead of taken out"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Pixels go in the order of the enlarged map, ties by the lower index; accuracy is against the true label, all images count. "
        + "AUC: trapezoid\n"
        + "from 0 to the last fraction, the clean accuracy included, times 100. Results and report go to the folder of --out; without it, "
        + "to stdout only.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
    {
        var standard = new PerturbationProtocol();
        return new PerturbationMeasure(standard with
        {
            Eraser = session.Arguments.GetValue(eraser) is { } name ? Erasers.Find(name) : standard.Eraser,
            Direction = session.Arguments.GetValue(direction),
            Fractions = session.Arguments.GetValue(fractions) is { } list ? Fractions(list) : standard.Fractions,
        });
    }

    private static double[] Fractions(string list)
        => [
            .. list.Split(',')
                .Select(word =>
                    double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is > 0 and <= 1
                        ? share
                        : throw new UsageException(
                            $"--fractions {list}: expected numbers above 0 and at most 1 with commas between them, for example "
                                + "0.1,0.2,0.5")),
        ];
}
