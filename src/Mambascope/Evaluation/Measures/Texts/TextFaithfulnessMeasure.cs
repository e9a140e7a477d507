using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>What the tokens that a map calls relevant did for one answer.</summary>
/// <param name="Comprehensiveness">
/// Drop of the explained token's probability without the most relevant tokens, for each of <see cref="TextFaithfulnessMeasure.Shares"/>.
/// </param>
/// <param name="Sufficiency">The same with the most relevant tokens alone.</param>
/// <param name="MostRelevantFirst">
/// The explained token's logit at each of <see cref="TextSteps.Shares"/> of the tokens taken away, most relevant first.
/// </param>
/// <param name="LeastRelevantFirst">The same, least relevant first.</param>
/// <param name="IsRight">Whether the model's answer is the true one; null where that is not known.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record TextFaithfulnessRecord(
    double[] Comprehensiveness,
    double[] Sufficiency,
    double[] MostRelevantFirst,
    double[] LeastRelevantFirst,
    bool? IsRight,
    bool IsDegenerate);

/// <summary>
/// Comprehensiveness and sufficiency (DeYoung et al., ACL 2020), as in the benchmark's code the mean over its five shares, and ΔA^F, the
/// area between two deletion curves (Jafari et al. 2024, MambaLRP).
/// </summary>
/// <remarks>
/// The asked token, marks of the beginning and a prompt stay in place. Equal values: the earlier token counts as the more relevant.
/// </remarks>
/// <param name="removal">How a token is taken away.</param>
public sealed class TextFaithfulnessMeasure(TokenRemoval removal) : TextMeasure<TextFaithfulnessRecord>
{
    /// <summary>Shares of the tokens in comprehensiveness and sufficiency.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0.01, 0.05, 0.1, 0.2, 0.5];

    /// <inheritdoc/>
    public override string Name => "text-faithfulness";

    /// <inheritdoc/>
    public override string Description
        => "do the tokens that a map calls relevant carry the answer: comprehensiveness, sufficiency, area between deletion curves";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["substitute"] = removal.Name };

    /// <inheritdoc/>
    protected override string Title => "Faithfulness of text explanations";

    /// <inheritdoc/>
    protected override string Note
        => $"In place of a token that is taken away stands {TextPerturbationMeasure.Words(removal)}; the asked token (and a prompt) always "
            + "stays. Comprehensiveness: drop of the explained token's probability without the most relevant 1, 5, 10, 20 and 50 % of the "
            + "tokens, mean of the five; "
            + "higher is better. Sufficiency: the same with those alone; lower is better. Delta A^F: tokens are taken away 10 % at a time; "
            + "area under the explained token's logit, least relevant first minus most relevant first; higher is better. "
            + "Data with classes: probability and score over the classes alone. "
            + Controls;

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<TextFaithfulnessRecord>> Columns { get; } =
    [
        new("comprehensiveness", "comprehensiveness", isHigherBetter: true, record => record.Comprehensiveness.Average()),
        new("sufficiency", "sufficiency", isHigherBetter: false, record => record.Sufficiency.Average()),
        new("delta_af", "ΔA^F", isHigherBetter: true, record =>
            TextSteps.Area(record.LeastRelevantFirst) - TextSteps.Area(record.MostRelevantFirst)),
        Accuracy(record => record.IsRight),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            TextCurves.Of(
                "most_relevant_first",
                "Most relevant first",
                "tokens taken away, %",
                "logit of the explained token",
                methods,
                lines => [.. Records(lines).Select(record => record.MostRelevantFirst)]),
            TextCurves.Of(
                "least_relevant_first",
                "Least relevant first",
                "tokens taken away, %",
                "logit of the explained token",
                methods,
                lines => [.. Records(lines).Select(record => record.LeastRelevantFirst)]),
        ];

    /// <inheritdoc/>
    protected override Measuring<QuestionCase, TextFaithfulnessRecord> Begin(MeasuredModel model, int seed)
        => (question, maps, workers, pool) =>
        {
            var texts = new ChangedTexts(question, removal, workers, pool);
            return maps.Select(map => Measure(question, map.Map, texts));
        };

    /// <inheritdoc/>
    protected override int Degenerate(TextFaithfulnessRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static TextFaithfulnessMeasure Of(MeasureOptions options) => new(TokenRemoval.Parse(options.Text("substitute")));

    private static TextFaithfulnessRecord Measure(QuestionCase question, RelevanceMap<float> map, ChangedTexts texts)
    {
        var places = question.Source.Removable;
        int[] falling = [.. ValueOrder.Descending([.. places.Select(place => map.Values[place])]).Select(i => places[i])];
        int[] first = [.. Shares.Select(share => TextSteps.Tokens(share, places.Length))];
        int[] steps = [.. Enumerable.Range(1, TextSteps.Count).Select(step => TextSteps.Tokens(step, places.Length))];
        var without = texts.Without(
        [
            .. first.Select(count => falling[..count]),
            .. first.Select(count => falling[count..]),
            .. steps.Select(count => falling[..count]),
            .. steps.Select(count => falling[(places.Length - count)..]),
        ]);
        var whole = NextToken.Probability(texts.Whole, question.ExplainedAnswer);
        var explained = question.ExplainedAnswer;
        double[] drops = [.. without.Take(2 * first.Length).Select(scores => whole - NextToken.Probability(scores, explained))];
        double[] logits = [.. without.Skip(2 * first.Length).Select(scores => (double)scores[explained])];
        double unchanged = texts.Whole[explained];
        return new(
            drops[..first.Length],
            drops[first.Length..],
            [unchanged, .. logits[..TextSteps.Count]],
            [unchanged, .. logits[TextSteps.Count..]],
            question.IsRight,
            map.Degenerate is not null);
    }
}
