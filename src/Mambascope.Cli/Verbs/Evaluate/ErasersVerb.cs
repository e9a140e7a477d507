using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Perturbation;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>The perturbation test under several erasers, ranked where they agree.</summary>
internal sealed class ErasersVerb : MeasureVerb
{
    private readonly Option<PerturbationDirection> direction = OptionKinds.Choice(
        "--direction", "Take pixels out of the picture, or put them back into an erased one [default: deletion]",
        [("deletion", PerturbationDirection.Deletion), ("insertion", PerturbationDirection.Insertion)]);

    internal ErasersVerb()
        : base(
            "erasers",
            $"The perturbation test under {string.Join(", ", ErasersMeasure.Names)} beside each other; ranks where all of them agree",
            PictureInput.Any())
        => Add(direction);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate erasers --method attribution,mamba-lrp,state-lrp --data fashion-scenes:test:100",
            "three methods on 100 scenes"),
        ("mambascope evaluate erasers --direction insertion --out gains --resume", "pixels put back, with a report"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "One eraser measures itself as well: black silhouettes of what was erased are objects too, so that on some models the "
            + "object's own\nmask loses the positive test. Takes four times the time of evaluate perturbation, which knows more erasers "
            + "one by one.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new ErasersMeasure(new() { Direction = session.Arguments.GetValue(direction) });
}
