namespace Mambascope.Checkpoints;

/// <summary>
/// One of the sets of weights that a file holds: training scripts keep the model beside its moving average, each in a dict of its own.
/// </summary>
/// <param name="Name">Where it lies in the file, such as <c>model_ema</c>; empty for what lies at the top.</param>
/// <param name="Tensors">By name.</param>
/// <param name="Fault">Why it cannot be used, where it cannot.</param>
internal sealed record TensorSet(string Name, IReadOnlyDictionary<string, TensorInfo> Tensors, BadInputException? Fault = null);
