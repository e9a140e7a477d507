using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Sanity;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>
/// How much a map depends on what the model learned: the same answer is explained again by the same method in models all of whose weights
/// are in random order, and the maps are compared (the parameter randomisation test on one input; over a data set:
/// <see cref="SanityMeasure"/>).
/// </summary>
/// <param name="Draws">How like the map of each such model is to the map of the trained model.</param>
/// <param name="Chance">Mean similarity of two maps of noise of this size, to hold the figures against.</param>
public sealed record WeightDependence(IReadOnlyList<MapLikeness> Draws, double Chance)
{
    /// <summary>Models that are drawn where nothing else is said.</summary>
    public const int StandardDraws = 5;

    private const int Seed = 0;

    /// <summary>
    /// Rank correlation with the map of the trained model, without its sign (a map that turns around has changed): mean over the models,
    /// with its interval. Near <see cref="Chance"/> is right: what stays above it shows the input or the architecture, not the model.
    /// </summary>
    public Bootstrap Similarity => Bootstrap.Of([.. Draws.Select(draw => Math.Abs(draw.Correlation))]);

    /// <summary>Of absolute values, with the sign of the correlation: signs of a random network are random, which flatters signed
    /// maps.</summary>
    public double AbsoluteCorrelation => Draws.Average(draw => draw.AbsoluteCorrelation);

    /// <summary>Structural similarity.</summary>
    public double Ssim => Draws.Average(draw => draw.Ssim);

    /// <summary>Whether half of the map is there whatever the model learned; by the same rule evaluations mark methods.</summary>
    public bool HardlyDepends => Similarity.Lower >= SanityMeasure.HardlyDepends;

    /// <summary>Compares the maps of a trained model with those of models that forgot, one after the other.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="maps">Its maps.</param>
    /// <param name="draws">Models to draw; each takes the memory of the model while it is looked at.</param>
    /// <param name="again">Maps by the same methods, in the same order, in another model.</param>
    /// <param name="progress">Told which model is looked at.</param>
    internal static IReadOnlyList<WeightDependence> Measure<T>(
        IModel model, IReadOnlyList<RelevanceMap<T>> maps, int draws, Func<IModel, IReadOnlyList<RelevanceMap<T>>> again,
        IProgress<Step>? progress)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var likenesses = Enumerable.Range(1, draws).Select(draw =>
        {
            progress?.Report(Step.Of("comparing with shuffled weights", draw - 1, draws));
            return maps.Zip(again(RandomisedModel.Draw(model, draw, Seed).Network), Likeness).ToArray();
        }).ToArray();
        return [.. maps.Select((map, m) => new WeightDependence([.. likenesses.Select(draw => draw[m])], ChanceOf(map.Values.Length)))];
    }

    private static MapLikeness Likeness<T>(RelevanceMap<T> trained, RelevanceMap<T> forgotten)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => MapLikeness.Of(trained.To<float>(), forgotten.To<float>());

    // The rank correlation of n values with n others is about normal, with variance 1 / (n - 1).
    private static double ChanceOf(int values) => values < 2 ? 1 : Math.Min(1, Math.Sqrt(2 / (Math.PI * (values - 1))));
}
