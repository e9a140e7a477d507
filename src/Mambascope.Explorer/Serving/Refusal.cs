namespace Mambascope.Explorer.Serving;

/// <summary>Why there is no answer.</summary>
/// <param name="Error">One line that says what, where, and what to do.</param>
internal sealed record Refusal(string Error);
