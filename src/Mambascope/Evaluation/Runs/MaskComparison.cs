using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>A test that compares a map with a mask and asks no model: it can score maps from anywhere.</summary>
public interface IMaskMeasure
{
    /// <summary>The record of one map.</summary>
    /// <param name="map">Relevance on the patch grid or at any size.</param>
    /// <param name="mask">The object, at the size of the picture as the model saw it.</param>
    JsonObject Measure(RelevanceMap<float> map, ObjectMask mask);
}

/// <summary>A test of masks in a run: all images and models alike.</summary>
internal sealed class MaskComparison(IMaskMeasure test) : IPreparedTest
{
    /// <inheritdoc/>
    public IReadOnlyList<JsonObject> Measure(TestImage image, IReadOnlyList<TestMap> maps, Workers workers, BufferPool<float> pool)
        => [.. maps.Select(map => test.Measure(map.Map, image.Mask!))];
}
