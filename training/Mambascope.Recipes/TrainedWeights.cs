using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>The weights of a model that ships, as singles, to train on from.</summary>
internal static class TrainedWeights
{
    /// <summary>A source of the weights in a model folder; names and shapes must be those of the model that asks.</summary>
    /// <param name="folder">The model folder, under the working directory as every folder of this program.</param>
    /// <exception cref="BadInputException">Not a model, or one that lacks a weight of this shape.</exception>
    public static WeightSource Of(string folder)
    {
        using var trained = ImageClassifier.Open(Path.GetFullPath(folder), new() { Threads = 1 });
        var weights = trained.Model.AllWeights.ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        return (name, shape) => weights.TryGetValue(name, out var weight) && weight.Shape.SequenceEqual(shape)
            ? new(name, [.. weight.Values<float>()], shape)
            : throw new BadInputException(
                $"'{folder}' has no weight {name} of shape ({string.Join(", ", shape)}); start from a model of the same sizes");
    }
}
