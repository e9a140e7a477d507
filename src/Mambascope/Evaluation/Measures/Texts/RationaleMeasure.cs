using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>How a map agrees with the tokens that a person marked.</summary>
/// <param name="AveragePrecision">Average precision (AUPRC).</param>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="F1">F1 of the first k tokens, for each k of the measure.</param>
/// <param name="IsRight">Whether the model's answer is the true one; null where that is not known.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record RationaleRecord(double AveragePrecision, double Auc, double[] F1, bool? IsRight, bool IsDegenerate);

/// <summary>Agreement with human rationales (DeYoung et al., ACL 2020, ERASER): token F1 of the most relevant tokens, and AUPRC.</summary>
/// <remarks>
/// k is a share of the document's tokens, rounded up. AUPRC is average precision, without interpolation. A tie at the k-th place counts in
/// expectation. What people mark is what convinces them; a faithful map of a model that decides otherwise scores low.
/// </remarks>
/// <param name="shares">Shares of the tokens that are taken for the rationale, rising.</param>
public sealed class RationaleMeasure(IReadOnlyList<double> shares) : TextMeasure<RationaleRecord>
{
    /// <summary>10 % to 80 % of the tokens.</summary>
    public static IReadOnlyList<double> StandardShares { get; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];

    /// <inheritdoc/>
    public override string Name => "text-rationales";

    /// <inheritdoc/>
    public override string Description => "agreement with what people marked: token F1 of the most relevant tokens, AUPRC";

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Truth;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["k"] = new JsonArray([.. shares.Select(share => (JsonNode)share)]) };

    /// <inheritdoc/>
    protected override string Title => "Human rationales";

    /// <inheritdoc/>
    protected override string Note
        => "Tokens of the document are ranked by relevance; tokens of the prompt and the asked token take no part. AUPRC: average "
            + "precision against the tokens that people marked. F1@k: of the first k % of the tokens against the marked ones. "
            + $"All tokens at once have the F1 of the share that is marked. {ControlsWithOracle}";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<RationaleRecord>> Columns =>
        [
            new("auprc", "AUPRC", isHigherBetter: true, record => record.AveragePrecision),
            .. shares.Select(
                (share, k) =>
                    new MeanFigure<RationaleRecord>(
                        $"f1_{Percent(share, '_')}",
                        $"F1@{Percent(share, '.')}%",
                        k == 0 ? true : null,
                        record => record.F1[k])),
            new("auc", "AUC", isHigherBetter: true, record => record.Auc),
            Accuracy(record => record.IsRight),
        ];

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            new("f1", "Token F1", "most relevant tokens, %", "F1", [.. methods.Select(method => (method.Name, Points(Records(method))))])
            {
                YMaximum = 1,
            },
        ];

    /// <inheritdoc/>
    protected override Measuring<QuestionCase, RationaleRecord> Begin(MeasuredModel model, int seed) => Measure;

    /// <inheritdoc/>
    protected override int Degenerate(RationaleRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static RationaleMeasure Of(MeasureOptions options) => new(options.Numbers("k"));

    private static string Percent(double share, char point)
        => (100 * share).ToString("0.###", CultureInfo.InvariantCulture).Replace('.', point);

    private IReadOnlyList<(double X, double Y)> Points(RationaleRecord[] records)
        => [.. shares.Select((share, k) => (100 * share, records.Average(record => record.F1[k])))];

    private IEnumerable<RationaleRecord> Measure(
        QuestionCase question, IReadOnlyList<MeasuredMap> maps, Workers workers, BufferPool<float> pool)
    {
        var (places, truth) = (question.Source.Places, question.Source.TruthAtPlaces);
        return maps.Select(map =>
        {
            float[] values = [.. places.Select(place => map.Map.Values[place])];
            return new RationaleRecord(
                Segmentation.AveragePrecision.Of(values, truth),
                EvidenceRanking.Auc(values, truth),
                [.. shares.Select(share => EvidenceRanking.F1(values, truth, TextSteps.Tokens(share, values.Length)))],
                question.IsRight,
                map.Map.Degenerate is not null);
        });
    }
}
