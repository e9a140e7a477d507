namespace Mambascope.Evaluation.TextDatasets;

/// <summary>A text with its class.</summary>
/// <param name="Id">Stable name in its data.</param>
/// <param name="Text">Reads it.</param>
/// <param name="Label">Its class as it stands in the data.</param>
internal sealed record ClassifiedText(string Id, Func<string> Text, string Label);
