using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Evaluation.Measures.Series;

/// <summary>How well one map finds the steps that are known to matter.</summary>
/// <param name="MassShare">Share of its positive relevance that lies on them; theirs among all steps where there is none.</param>
/// <param name="Auc">The chance that a step that matters stands above one that does not.</param>
/// <param name="Pointing">Whether the most relevant step is one of them; ties count in part.</param>
/// <param name="IsRight">Whether the model's answer is the true one; null where that is not known.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
/// <param name="HasPlace">Whether there are steps that matter; a case without counts in the accuracy alone.</param>
public sealed record SeriesPlantedRecord(
    double MassShare, double Auc, double Pointing, bool? IsRight, bool IsDegenerate, bool HasPlace = true);

/// <summary>Does a map of a series find the steps that are known to decide its class?</summary>
public sealed class SeriesPlantedMeasure : MeanMeasure<MeasurementCase, SeriesPlantedRecord>
{
    /// <inheritdoc/>
    public override string Name => "series-planted";

    /// <inheritdoc/>
    public override string Description => "does a map find the steps that are known to matter: share of positive relevance, AUC, pointing";

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Measurement;

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Truth | KnownFacts.Answers;

    /// <inheritdoc/>
    protected override string Title => "Planted truth in series";

    /// <inheritdoc/>
    protected override string Note
        => "Of the cases that the model answered rightly and in which there is something to find, since a map of a wrong answer need "
            + "not show what the right one needs; accuracy is the model's own, of all cases, and below 95 % its maps say little. Mass: "
            + "share of positive relevance on the steps that matter; chance is their share of all steps (12.5 % in the motif set, 9.4 % in "
            + "the ECG set). AUC: the chance that a step that matters stands above one that does not. Pointing: the most relevant step is "
            + "one that matters. random, most-varying (change from step to step) and oracle (the truth itself) are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<SeriesPlantedRecord>> Columns { get; } =
    [
        new("mass_share", "mass", isHigherBetter: true, record => record.MassShare) { IsShare = true, Decimals = 1, Where = IsRight },
        new("auc", "AUC", isHigherBetter: true, record => record.Auc) { Where = IsRight },
        new("pointing", "pointing", isHigherBetter: true, record => record.Pointing) { IsShare = true, Decimals = 1, Where = IsRight },
        new("accuracy", "accuracy", isHigherBetter: null, record => record.IsRight == true ? 1 : 0) { IsShare = true, Decimals = 1 },
    ];

    /// <inheritdoc/>
    protected override Measuring<MeasurementCase, SeriesPlantedRecord> Begin(MeasuredModel model, int seed)
        => (one, maps, _, _) => maps.Select(map => Of(one, map.Map));

    /// <inheritdoc/>
    protected override int Degenerate(SeriesPlantedRecord record) => record.IsDegenerate ? 1 : 0;

    // Step by step: a patch's relevance stands at each of its steps.
    internal static SeriesPlantedRecord Of(MeasurementCase one, RelevanceMap<float> map)
    {
        var rows = one.Spans.Sum(span => span.Count);
        var (values, truth) = (new float[rows], new byte[rows]);
        foreach (var ((first, count), value) in one.Spans.Zip(map.Values))
        {
            values.AsSpan(first, count).Fill(value);
        }

        foreach (var row in one.Source.Truth!)
        {
            truth[row] = 1;
        }

        if (one.Source.Truth!.Count == 0)
        {
            return new(0, 0.5, 0, one.IsRight, map.Degenerate is not null, HasPlace: false);
        }

        var (inside, all) = (0.0, 0.0);
        for (var row = 0; row < rows; row++)
        {
            var positive = Math.Max(0, (double)values[row]);
            all += positive;
            inside += truth[row] * positive;
        }

        return new(
            all > 0 ? inside / all : one.Source.Truth!.Count / (double)rows,
            EvidenceRanking.Auc(values, truth),
            EvidenceRanking.Hits(values, truth, 1),
            one.IsRight,
            map.Degenerate is not null);
    }

    private static bool IsRight(SeriesPlantedRecord record) => record is { IsRight: true, HasPlace: true };
}
