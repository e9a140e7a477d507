namespace Mambascope.Models;

/// <summary>
/// What may be said of a model's files when it is opened, where they hold more than one thing or say less than is needed.
/// </summary>
public sealed record ModelChoices
{
    /// <summary>Name of the set of weights to take from a file that holds several, such as <c>model_ema</c>; null for the first.</summary>
    public string? Weights { get; init; }

    /// <summary>Whether runs are tried that by estimate need more memory or time than there is.</summary>
    public bool HasNoLimit { get; init; }

    /// <summary>Values by key of config.json, in place of what stands there or beside it: JSON, or words without quotes.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
