using Mambascope.Attribution;

namespace Mambascope.Evaluation.Cases;

/// <summary>A map that is measured.</summary>
/// <param name="Method">What made it, for measures that ask for another under other circumstances.</param>
/// <param name="Map">The map.</param>
public sealed record MeasuredMap(MeasuredMethod Method, RelevanceMap<float> Map);
