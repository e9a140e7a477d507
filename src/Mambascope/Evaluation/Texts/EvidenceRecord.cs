using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;

namespace Mambascope.Evaluation.Texts;

/// <summary>How a map ranks the tokens that are known to matter.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="RecallAtCount">Share of the tokens that matter among as many first ones.</param>
/// <param name="ReciprocalRank">1 / rank of the first token that matters.</param>
/// <param name="IsRight">Whether the model's answer is the true one; null where that is not known.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record EvidenceRecord(
    double Auc, double AveragePrecision, double RecallAtCount, double ReciprocalRank, bool? IsRight, bool IsDegenerate)
{
    /// <summary>Measures a map at the places of a question.</summary>
    public static EvidenceRecord Of(QuestionCase question, RelevanceMap<float> map)
    {
        var (values, truth) = (question.Source.Places.Select(place => map.Values[place]).ToArray(), question.Source.TruthAtPlaces);
        return new(
            EvidenceRanking.Auc(values, truth),
            Segmentation.AveragePrecision.Of(values, truth),
            EvidenceRanking.RecallAtCount(values, truth),
            EvidenceRanking.ReciprocalRank(values, truth),
            question.IsRight,
            map.Degenerate is not null);
    }
}
