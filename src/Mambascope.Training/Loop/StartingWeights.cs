using System.Runtime.InteropServices;
using Mambascope.Evaluation;
using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>Weights of a trained model as the start of another training: all but those of the head, which decides something else.</summary>
internal static class StartingWeights
{
    /// <summary>Copies them into a model of the same sizes.</summary>
    /// <param name="model">What is to be trained.</param>
    /// <param name="from">A model folder, or the name of a shipped model.</param>
    /// <exception cref="BadInputException">It is no model, or one of other sizes.</exception>
    public static void Copy(IModel model, string from)
    {
        using var source = LoadedModel.Open(from, threads: 1);
        var known = Body(source.Model).ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        foreach (var weight in Body(model))
        {
            if (!known.TryGetValue(weight.Name, out var start) || !start.Shape.SequenceEqual(weight.Shape))
            {
                throw new BadInputException(
                    $"--from {from} has no weight {weight.Name} of shape ({string.Join(", ", weight.Shape)}): start from a model of the "
                        + "same architecture and sizes, or give its --architecture, --size, --patch, --width and --depth");
            }

            start.Values<float>().CopyTo(weight.Values<float>(), 0);
            weight.Changed();
        }
    }

    /// <summary>A hash of them, to tell saved trainings apart.</summary>
    /// <exception cref="BadInputException">It is no model.</exception>
    public static string Fingerprint(string from)
    {
        using var source = LoadedModel.Open(from, threads: 1);
        using var hash = new Fingerprint();
        foreach (var weight in Body(source.Model))
        {
            hash.Add(weight.Name).Add(MemoryMarshal.AsBytes(weight.Values<float>().AsSpan()));
        }

        return hash.ToString();
    }

    // A head is a matrix and a bias at the end.
    private static IEnumerable<Numerics.Weight> Body(IModel model) => model.AllWeights.SkipLast(2);
}
