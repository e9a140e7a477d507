using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>What the model prefers of a pair, and whether a map shows why, where that is known.</summary>
/// <param name="Good">Log-probability of the right sentence, in nats.</param>
/// <param name="Bad">That of the wrong one.</param>
/// <param name="GoodWord">
/// Log-probability of the deciding word of the right sentence after its prefix; null where the pair has none.
/// </param>
/// <param name="BadWord">That of the wrong one.</param>
/// <param name="Evidence">How the map ranks the words that make the difference; null where they are not known.</param>
/// <param name="Top">The most relevant token, as it is shown; empty where the map says nothing.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record MinimalPairRecord(
    double Good, double Bad, double? GoodWord, double? BadWord, EvidenceRecord? Evidence, string Top, bool IsDegenerate);

/// <summary>
/// Minimal pairs (Warstadt et al., TACL 2020, BLiMP): does the model prefer the right sentence, and does the map find the word on which it
/// depends? Equal probabilities count as a wrong preference.
/// </summary>
public sealed class MinimalPairMeasure : TextMeasure<MinimalPairRecord>
{
    /// <inheritdoc/>
    public override string Name => "text-minimal-pairs";

    /// <inheritdoc/>
    public override string Description
        => "pairs of a right and a wrong sentence: which one the model prefers, and whether the map finds the word that decides";

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Pairs;

    /// <inheritdoc/>
    protected override string Title => "Minimal pairs";

    /// <inheritdoc/>
    protected override string Note
        => "Preference: share of pairs whose right sentence the model holds more likely than the wrong one (sum over tokens; the very "
        + "first token is judged only after --begin). Preference, word: the same of the deciding word after its prefix. "
        + "AUC, average precision and reciprocal rank: how the map ranks the words in which the two prefixes differ, over pairs of two "
        + "prefixes and one word; the explained token begins that word. Prefers right: the same over pairs whose word "
        + "the model prefers after the right prefix. Other pairs explain the right token against the wrong one (methods without a rule for "
        + "contrasts: the right token) and have no such figures. "
        + ControlsWithOracle;

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<MinimalPairRecord>> Columns { get; } =
    [
        new("preference", "preference", isHigherBetter: null, record => record.Good > record.Bad ? 1 : 0) { IsShare = true, Decimals = 1 },
        new("preference_word", "preference, word", isHigherBetter: null, record => record.GoodWord > record.BadWord ? 1 : 0)
        {
            IsShare = true,
            Decimals = 1,
            Where = record => record.GoodWord is not null,
        },
        new("auc", "AUC", isHigherBetter: true, record => record.Evidence?.Auc ?? 0) { Where = record => record.Evidence is not null },
        new("average_precision", "average precision", isHigherBetter: true, record => record.Evidence?.AveragePrecision ?? 0)
        {
            Where = record => record.Evidence is not null,
        },
        new("reciprocal_rank", "MRR", isHigherBetter: true, record => record.Evidence?.ReciprocalRank ?? 0)
        {
            Where = record => record.Evidence is not null,
        },
        new("auc_preferred", "AUC, prefers right", isHigherBetter: null, record => record.Evidence?.Auc ?? 0) { Where = Prefers },
        new("reciprocal_rank_preferred", "MRR, prefers right", isHigherBetter: null, record => record.Evidence?.ReciprocalRank ?? 0)
        {
            Where = Prefers,
        },
    ];

    /// <inheritdoc/>
    protected override Measuring<QuestionCase, MinimalPairRecord> Begin(MeasuredModel model, int seed) => Measure;

    /// <inheritdoc/>
    protected override int Degenerate(MinimalPairRecord record) => record.IsDegenerate ? 1 : 0;

    private static bool Prefers(MinimalPairRecord record) => record.Evidence is not null && record.GoodWord > record.BadWord;

    private static IEnumerable<MinimalPairRecord> Measure(
        QuestionCase question, IReadOnlyList<MeasuredMap> maps, Workers workers, BufferPool<float> pool)
    {
        var (pair, source) = (question.Source.Pair!, question.Source);
        var (good, bad) = (Likelihood(pair.Good), Likelihood(pair.Bad));
        double? goodWord = pair.GoodWord is { } right ? Likelihood(right) : null;
        double? badWord = pair.BadWord is { } wrong ? Likelihood(wrong) : null;
        return maps.Select(map => new MinimalPairRecord(
            good,
            bad,
            goodWord,
            badWord,
            source.Truth is null ? null : EvidenceRecord.Of(question, map.Map),
            Top(map.Map),
            map.Map.Degenerate is not null));

        double Likelihood(Continuation text) => NextToken.LogProbability(question.Model.Network, text, workers, pool);

        string Top(RelevanceMap<float> map)
            => map.Degenerate is not null || source.Places.Count == 0
                ? ""
                : question.Model.Reader.Show(
                    source.Tokens[source.Places[ValueOrder.Descending([.. source.Places.Select(place => map.Values[place])])[0]]]);
    }
}
