namespace Mambascope.Evaluation.Published;

/// <summary>Figures of a paper that came after the Hidden Attention of Mamba Models, as far as they are known here.</summary>
/// <param name="Title">What was measured.</param>
/// <param name="Source">Where the figures stand, and how they are known.</param>
/// <param name="Differences">In what our measurement differs from the paper's, or what is not known of it.</param>
/// <param name="Values">The figures.</param>
internal sealed record FollowUpTable(string Title, string Source, string Differences, IReadOnlyList<FollowUpValue> Values)
{
    /// <summary>Cases from the beginning of the data that the figures are of; null for all.</summary>
    internal int? First { get; init; }

    /// <summary>What the lines are called.</summary>
    internal IReadOnlyList<string> Lines => [.. Values.Select(value => value.Line).Distinct(StringComparer.Ordinal)];
}

/// <summary>A figure of a paper.</summary>
/// <param name="Line">Model or data set.</param>
/// <param name="PublishedMethod">The method as the paper calls it.</param>
/// <param name="Method">Our method without its form.</param>
/// <param name="Figure">The figure of our measure.</param>
/// <param name="Value">On that figure's scale.</param>
internal sealed record FollowUpValue(string Line, string PublishedMethod, string Method, string Figure, double Value)
{
    /// <summary>Whether a measured method is the published one, in whatever form.</summary>
    internal bool IsOf(string method)
        => method.StartsWith(Method, StringComparison.Ordinal) && (method.Length == Method.Length || method[Method.Length] is '.' or '+');
}
