namespace Mambascope.Training;

/// <summary>A finished training.</summary>
/// <param name="Folder">The model: weights, config.json, preprocessor_config.json, README.md.</param>
/// <param name="Architecture">What was trained.</param>
/// <param name="Parameters">Number of its weights.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="BestStep">The step whose averaged weights are kept: those with the lowest validation loss.</param>
/// <param name="Temperature">
/// 1 for a predicted number; of classes what scores were divided by, so that probabilities are as sure as they should be; it is in the
/// weights.
/// </param>
/// <param name="Validation">Figures on the cases that chose the weights.</param>
/// <param name="Test">Figures on cases that chose nothing; null where there are none.</param>
/// <param name="Elapsed">Time of training, all restarts together.</param>
public sealed record TrainedModel(
    string Folder, string Architecture, long Parameters, long Steps, long BestStep, double Temperature, ModelFigures Validation,
    ModelFigures? Test, TimeSpan Elapsed)
{
    /// <summary>What is worth knowing about the cases, such as pictures that are in more than one split.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
