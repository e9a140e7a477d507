using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>
/// Does a map find the tokens that are known to matter? A map of a wrong answer need not show them, so the figures stand twice: of all
/// questions, and of those that the model answered rightly.
/// </summary>
public sealed class PlantedMeasure : TextMeasure<EvidenceRecord>
{
    /// <inheritdoc/>
    public override string Name => "text-planted";

    /// <inheritdoc/>
    public override string Description => "does a map find the tokens that are known to matter: AUC, average precision, recall";

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Truth;

    /// <inheritdoc/>
    protected override string Title => "Planted truth";

    /// <inheritdoc/>
    protected override string Note
        => "Tokens are ranked by relevance (the asked token takes part only where it is itself evidence). AUC: the chance that a token "
        + "that matters stands above one that does not. "
        + "Average precision as in scikit-learn. Recall@k: share of the k tokens that matter among the first k. Right answers: the same "
        + "over the questions that the model answered rightly, since a map of a wrong answer need not show "
        + $"what the right one needs. Accuracy is the model's own. {ControlsWithOracle}";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<EvidenceRecord>> Columns { get; } =
    [
        new("auc", "AUC", isHigherBetter: true, record => record.Auc),
        new("average_precision", "average precision", isHigherBetter: true, record => record.AveragePrecision),
        new("recall_at_k", "recall@k", isHigherBetter: true, record => record.RecallAtCount),
        new("auc_right", "AUC, right answers", isHigherBetter: null, record => record.Auc) { Where = IsRight },
        new("average_precision_right", "average precision, right answers", isHigherBetter: null, record => record.AveragePrecision)
        {
            Where = IsRight,
        },
        new("recall_at_k_right", "recall@k, right answers", isHigherBetter: null, record => record.RecallAtCount) { Where = IsRight },
        Accuracy(record => record.IsRight),
    ];

    /// <inheritdoc/>
    protected override Measuring<QuestionCase, EvidenceRecord> Begin(MeasuredModel model, int seed)
        => (question, maps, _, _) => maps.Select(map => EvidenceRecord.Of(question, map.Map));

    /// <inheritdoc/>
    protected override int Degenerate(EvidenceRecord record) => record.IsDegenerate ? 1 : 0;

    private static bool IsRight(EvidenceRecord record) => record.IsRight == true;
}
