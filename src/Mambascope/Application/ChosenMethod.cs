using Mambascope.Attribution;

namespace Mambascope.Application;

/// <summary>A method that was asked for, and how it is to explain.</summary>
/// <param name="Method">The method.</param>
/// <param name="Options">Its own options, such as a form; null for those of the request.</param>
public sealed record ChosenMethod(AttributionMethod Method, AttributionOptions? Options = null);
