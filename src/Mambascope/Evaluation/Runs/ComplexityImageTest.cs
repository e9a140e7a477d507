using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Complexity;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>How much of a map a person has to take in, in an evaluation; see <see cref="MapComplexity"/>.</summary>
public sealed class ComplexityImageTest : RecordTest<ComplexityRecord>, IImageTest
{
    /// <inheritdoc/>
    public override string Name => "complexity";

    /// <inheritdoc/>
    public override string Description => "how much of a map a person has to take in: Gini sparseness and entropy";

    /// <inheritdoc/>
    public override JsonObject Options => [];

    /// <inheritdoc/>
    protected override string Title => "Complexity";

    /// <inheritdoc/>
    protected override string Note
        => "Sparseness: Gini index of the absolute relevance, 0 when all patches have the same, near 1 when one has everything. Entropy of the shares of the patches, in nats: low when few patches have most. "
            + "Neither says whether the map is right: centre-gaussian is sparse and knows nothing, random is what no choice at all looks like. Maps of pixels (full-lrp) have more places, and more entropy for that alone: compare like with like.";

    /// <inheritdoc/>
    protected override IReadOnlyList<RecordFigure<ComplexityRecord>> Columns { get; } =
    [
        new("gini", "sparseness (Gini)", isHigherBetter: true, record => record.Gini),
        new("entropy", "entropy", isHigherBetter: false, record => record.Entropy),
    ];

    /// <inheritdoc/>
    public IPreparedTest Prepare(TestModel model, int seed) => new Prepared();

    /// <summary>The record of one map.</summary>
    public static JsonObject Measure(RelevanceMap<float> map) => ResultLine.RecordOf(MapComplexity.Measure(map));

    /// <inheritdoc/>
    protected override bool IsDegenerate(ComplexityRecord record) => record.IsDegenerate;

    private sealed class Prepared : IPreparedTest
    {
        public IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool)
            => [.. maps.Select(map => ComplexityImageTest.Measure(map.Map))];
    }
}
