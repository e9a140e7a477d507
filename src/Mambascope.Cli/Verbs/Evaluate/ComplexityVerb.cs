using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>How much of a map there is to take in.</summary>
internal sealed class ComplexityVerb()
    : MeasureVerb(
        "complexity", "How much of a map must a person take in? Gini sparseness and entropy", PictureInput.Any(), scoresMaps: true)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
        [("mambascope evaluate complexity --model demo-vim --model demo-deit", "the shipped pair on 200 scenes")];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Sparseness after Chalasani et al. 2020, entropy after Bhatt, Weller and Moura 2020, both of absolute relevance on the patch "
            + "grid. A map\n"
            + "can be simple and wrong: read beside perturbation or faithfulness.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new ComplexityMeasure();
}
