using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>How a map ranks the tokens that are known to matter.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="RecallAtCount">Share of the tokens that matter among as many first ones.</param>
/// <param name="ReciprocalRank">1 / rank of the first token that matters.</param>
/// <param name="IsRight">Whether the model's answer is the true one; null where that is not known.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record EvidenceRecord(double Auc, double AveragePrecision, double RecallAtCount, double ReciprocalRank, bool? IsRight, bool IsDegenerate)
{
    /// <summary>Measures a map at the places of a question.</summary>
    public static EvidenceRecord Of(TestQuestion question, RelevanceMap<float> map)
    {
        var (values, truth) = (question.Source.Places.Select(place => map.Values[place]).ToArray(), question.Source.TruthAtPlaces);
        return new(
            EvidenceRanking.Auc(values, truth), Segmentation.AveragePrecision.Of(values, truth), EvidenceRanking.RecallAtCount(values, truth),
            EvidenceRanking.ReciprocalRank(values, truth), question.IsRight, map.Degenerate is not null);
    }
}

/// <summary>
/// Does a map find the tokens that are known to matter? A map of a wrong answer need not show them, so the figures stand twice: of all
/// questions, and of those that the model answered rightly.
/// </summary>
public sealed class PlantedTextTest : TextTest<EvidenceRecord>
{
    /// <inheritdoc/>
    public override string Name => "text-planted";

    /// <inheritdoc/>
    public override string Description => "does a map find the tokens that are known to matter: AUC, average precision, recall";

    /// <inheritdoc/>
    public override JsonObject Options => [];

    /// <inheritdoc/>
    public override bool NeedsTruth => true;

    /// <inheritdoc/>
    protected override string Title => "Planted truth";

    /// <inheritdoc/>
    protected override string Note
        => "Tokens are ranked by relevance (the asked token takes part only where it is itself evidence). AUC: the chance that a token that matters stands above one that does not. "
            + "Average precision as in scikit-learn. Recall@k: share of the k tokens that matter among the first k. Right answers: the same over the questions that the model answered rightly, since a map of a wrong answer need not show "
            + $"what the right one needs. Accuracy is the model's own. {ControlsWithOracle}";

    /// <inheritdoc/>
    protected override IReadOnlyList<RecordFigure<EvidenceRecord>> Columns { get; } =
    [
        new("auc", "AUC", isHigherBetter: true, record => record.Auc),
        new("average_precision", "average precision", isHigherBetter: true, record => record.AveragePrecision),
        new("recall_at_k", "recall@k", isHigherBetter: true, record => record.RecallAtCount),
        new("auc_right", "AUC, right answers", isHigherBetter: true, record => record.Auc) { Where = IsRight },
        new("average_precision_right", "average precision, right answers", isHigherBetter: true, record => record.AveragePrecision) { Where = IsRight },
        new("recall_at_k_right", "recall@k, right answers", isHigherBetter: true, record => record.RecallAtCount) { Where = IsRight },
        new("accuracy", "accuracy", isHigherBetter: null, record => record.IsRight == true ? 1 : 0) { IsShare = true, Decimals = 1, Where = record => record.IsRight is not null },
    ];

    /// <inheritdoc/>
    protected override IEnumerable<EvidenceRecord> MeasureAll(TestQuestion question, IReadOnlyList<RelevanceMap<float>> maps, Workers workers, BufferPool<float> pool)
        => maps.Select(map => EvidenceRecord.Of(question, map));

    /// <inheritdoc/>
    protected override bool IsDegenerate(EvidenceRecord record) => record.IsDegenerate;

    private static bool IsRight(EvidenceRecord record) => record.IsRight == true;
}
