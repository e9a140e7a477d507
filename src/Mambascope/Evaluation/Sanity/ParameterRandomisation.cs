using System.Text.Json.Serialization;
using Mambascope.Attribution;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Sanity;

/// <summary>How like the map of a randomised model is to the map of the trained one.</summary>
/// <param name="Correlation">
/// Spearman's, of the values with their signs: signs of a random network are random, which flatters signed maps.
/// </param>
/// <param name="AbsoluteCorrelation">Spearman's, of the absolute values.</param>
/// <param name="Ssim">Structural similarity.</param>
public sealed record MapLikeness(double Correlation, double AbsoluteCorrelation, double Ssim)
{
    /// <summary>Compares two maps of one picture, class and method.</summary>
    public static MapLikeness Of(RelevanceMap<float> trained, RelevanceMap<float> randomised)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(randomised);
        var (a, b) = (trained.Values, randomised.Values);
        return new(
            Statistics.Correlation.Spearman(a, b),
            Statistics.Correlation.Spearman(Array.ConvertAll(a, Math.Abs), Array.ConvertAll(b, Math.Abs)),
            StructuralSimilarity.Of(a, b, trained.Rows));
    }
}

/// <summary>How much of a map is left when the model has forgotten what it learned.</summary>
/// <param name="Correlations">
/// Spearman's correlation with the original map after each stage of the cascade; near 0 at the end for a method that reads the model.
/// </param>
/// <param name="IsDegenerate">The original map ranked nothing; all correlations are 0.</param>
public sealed record RandomisationRecord(IReadOnlyList<double> Correlations, bool IsDegenerate)
{
    /// <summary>All of it after each stage of the cascade; the last has every weight in random order.</summary>
    public IReadOnlyList<MapLikeness> Stages { get; init; } = [];

    /// <summary>With every weight in random order, in models drawn apart from the cascade.</summary>
    public IReadOnlyList<MapLikeness> AtOnce { get; init; } = [];

    /// <summary>Beside the map of a model that was trained on shuffled labels; null where there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MapLikeness? Shuffled { get; init; }

    /// <summary>Beside the map of a shifted input; null where it was not asked for, or the model cannot take a shift back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ShiftLikeness? Shifted { get; init; }

    /// <summary>All models without any weight in its place: the cascade's last, and those drawn apart.</summary>
    internal IEnumerable<MapLikeness> Forgotten => AtOnce.Prepend(Stages[^1]);
}

/// <summary>
/// The parameter randomisation test (Adebayo et al. 2018): a map that hardly changes while the model's weights are randomised from the top
/// down shows the picture, not the model. <see cref="WeightRandomisation"/> makes the models. Maps are compared on the patch grid.
/// </summary>
internal static class ParameterRandomisation
{
    /// <summary>Compares maps of one picture, one class and one method.</summary>
    /// <param name="original">The map of the trained model.</param>
    /// <param name="randomised">The map after each stage.</param>
    /// <param name="atOnce">Maps of models all of whose weights are randomised, drawn apart; null for none.</param>
    public static RandomisationRecord Measure(
        RelevanceMap<float> original, IEnumerable<RelevanceMap<float>> randomised, IEnumerable<RelevanceMap<float>>? atOnce = null)
    {
        MapLikeness[] stages = [.. randomised.Select(map => MapLikeness.Of(original, map))];
        return new([.. stages.Select(stage => stage.Correlation)], original.Degenerate is not null)
        {
            Stages = stages,
            AtOnce = [.. (atOnce ?? []).Select(map => MapLikeness.Of(original, map))],
        };
    }
}
