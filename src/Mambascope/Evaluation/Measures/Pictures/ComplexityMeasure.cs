using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Complexity;
using Mambascope.Evaluation.Results;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>How much of a map a person has to take in, in an evaluation; see <see cref="MapComplexity"/>.</summary>
public sealed class ComplexityMeasure : PictureMeasure<ComplexityRecord>, IMapMeasure
{
    /// <inheritdoc/>
    public override string Name => "complexity";

    /// <inheritdoc/>
    public override string Description => "how much of a map a person has to take in: Gini sparseness and entropy";

    /// <inheritdoc/>
    protected override string Title => "Complexity";

    /// <inheritdoc/>
    protected override string Note
        => "Sparseness: Gini index of the absolute relevance, 0 when all patches have the same, near 1 when one has everything. Entropy of "
        + "the shares of the patches, in nats: low when few patches have most. "
        + "Neither says whether the map is right: centre-gaussian is sparse and knows nothing, random is what no choice at all looks like. "
        + "Maps of pixels (full-lrp) have more places, and more entropy for that alone: compare like with like.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<ComplexityRecord>> Columns { get; } =
    [
        new("gini", "sparseness (Gini)", isHigherBetter: true, record => record.Gini),
        new("entropy", "entropy", isHigherBetter: false, record => record.Entropy),
    ];

    /// <inheritdoc/>
    public JsonObject Measure(RelevanceMap<float> map) => ResultLine.RecordOf(MapComplexity.Measure(map));

    /// <inheritdoc/>
    protected override Measuring<PictureCase, ComplexityRecord> Begin(MeasuredModel model, int seed)
        => (_, maps, _, _) => maps.Select(map => MapComplexity.Measure(map.Map));

    /// <inheritdoc/>
    protected override int Degenerate(ComplexityRecord record) => record.IsDegenerate ? 1 : 0;
}
