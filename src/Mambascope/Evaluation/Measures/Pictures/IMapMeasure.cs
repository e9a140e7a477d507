using System.Text.Json.Nodes;
using Mambascope.Attribution;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>A measure of maps alone, that asks neither model nor data: it can score maps from anywhere.</summary>
public interface IMapMeasure : IMeasure
{
    /// <summary>The record of one map.</summary>
    JsonObject Measure(RelevanceMap<float> map);
}
