using Mambascope.Attribution;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Sanity;

/// <summary>How much of a map is left when the model has forgotten what it learned.</summary>
/// <param name="Correlations">
/// Spearman's correlation with the original map after each stage of the cascade; near 0 at the end for a method that reads the model.
/// </param>
/// <param name="IsDegenerate">The original map ranked nothing; all correlations are 0.</param>
public sealed record RandomisationRecord(IReadOnlyList<double> Correlations, bool IsDegenerate);

/// <summary>
/// The parameter randomisation test (Adebayo et al. 2018): a map that hardly changes while the model's weights are randomised from the top
/// down shows the picture, not the model. <see cref="WeightRandomisation"/> makes the models. Rank correlation of the maps on the patch
/// grid; of signed values, since a map that turns around has changed.
/// </summary>
public static class ParameterRandomisation
{
    /// <summary>Compares maps of one picture, one class and one method.</summary>
    /// <param name="original">The map of the trained model.</param>
    /// <param name="randomised">The map after each stage.</param>
    public static RandomisationRecord Measure(RelevanceMap<float> original, IEnumerable<RelevanceMap<float>> randomised)
        => new([.. randomised.Select(map => Correlation.Spearman(original.Values, map.Values))], original.Degenerate is not null);
}
