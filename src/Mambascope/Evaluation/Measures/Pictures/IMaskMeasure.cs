using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>A measure that compares a map with a mask and asks no model: it can score maps from anywhere.</summary>
public interface IMaskMeasure : IMeasure
{
    /// <summary>The record of one map.</summary>
    /// <param name="map">Relevance on the patch grid or at any size.</param>
    /// <param name="mask">The object, at the size of the picture as the model saw it.</param>
    JsonObject Measure(RelevanceMap<float> map, ObjectMask mask);
}
