using Mambascope.Evaluation.Results;
using Mambascope.Models;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// A model of the same architecture and sizes as a measured one that was trained on labels drawn by lot (data randomisation; Adebayo et al.
/// 2018): it knows the pictures of its training, and nothing of what they show. A map that the two have in common shows no knowledge.
/// </summary>
/// <param name="Fingerprint">Name and hash of the weights, for result files.</param>
/// <param name="Model">The model; null where a result file names it and nothing is explained any more.</param>
public sealed record ShuffledTwin(ModelFingerprint Fingerprint, PictureModel? Model)
{
    /// <summary>An opened model.</summary>
    public static ShuffledTwin Of(PictureModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model.Fingerprint, model);
    }

    /// <summary>The one of several models that has the weights' names and shapes of a measured one.</summary>
    /// <exception cref="BadInputException">None has, or two have, or it reads pictures in another way.</exception>
    internal static IVisionModel For(PictureModel model, IReadOnlyList<ShuffledTwin> among)
    {
        var found = among.Where(twin => twin.Model is { } other && IsAlike(model.Network, other.Network)).ToArray();
        return found.Length != 1
            ? throw new BadInputException(
                $"--against: expected one model with the weights' names and shapes of {model.Name}, found {found.Length} among "
                    + string.Join(", ", among.Select(twin => twin.Fingerprint.Name)))
            : found[0].Fingerprint.Weights == model.Fingerprint.Weights
            ? throw new BadInputException($"--against {found[0].Fingerprint.Name}: it has the weights of {model.Name} itself")
            : found[0].Model!.Preprocessing.Mean.SequenceEqual(model.Preprocessing.Mean)
                && found[0].Model!.Preprocessing.StandardDeviation.SequenceEqual(model.Preprocessing.StandardDeviation)
            ? found[0].Model!.Network
            : throw new BadInputException(
                $"--against {found[0].Fingerprint.Name}: it reads pictures with another mean and deviation than {model.Name}");
    }

    private static bool IsAlike(IVisionModel a, IVisionModel b)
        => a.AllWeights.Select(Words).SequenceEqual(b.AllWeights.Select(Words), StringComparer.Ordinal);

    private static string Words(Numerics.Weight weight) => $"{weight.Name} {string.Join(' ', weight.Shape)}";
}
