namespace Mambascope.Checkpoints;

/// <summary>The weights that were taken out of a file, and those that could have been.</summary>
/// <param name="Checkpoint">What was taken; the whole file where nothing in it is known. It reads from the file it was chosen from.</param>
/// <param name="Others">Names of further sets that make a model, to be named beside the choice.</param>
public sealed record WeightChoice(Checkpoint Checkpoint, IReadOnlyList<string> Others);
