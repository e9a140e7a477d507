using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>What became of one answer in the order of one map.</summary>
/// <param name="Activation">
/// Probability of the explained token at each of <see cref="TextSteps.Shares"/> of the tokens put back, the most relevant first.
/// </param>
/// <param name="Pruning">
/// Σ over the vocabulary of (logit - logit of the whole text)², at each share of the tokens taken away, those of least |relevance| first.
/// </param>
/// <param name="IsRight">Whether the model's answer is the true one; null where that is not known.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record TextPerturbationRecord(double[] Activation, double[] Pruning, bool? IsRight, bool IsDegenerate);

/// <summary>
/// Activation and pruning (Ali et al., ICML 2022; Ali, Zimerman and Wolf, section 4.3): tokens are put back into an emptied text, most
/// relevant first, and the probability of the explained token is followed; tokens are taken out of the whole text, least relevant first,
/// and the change of all logits is followed.
/// </summary>
/// <remarks>
/// The papers have a classifier; here the class is the explained next token and the logits are those of the whole vocabulary, or, where the
/// data have classes (SST-2, IMDb, ARC), those of the classes alone. The asked token, marks of the beginning and a prompt stay in place.
/// Equal values: the earlier token first.
/// </remarks>
/// <param name="removal">What stands in the place of a token.</param>
public sealed class TextPerturbationMeasure(TokenRemoval removal) : TextMeasure<TextPerturbationRecord>
{
    /// <inheritdoc/>
    public override string Name => "text-perturbation";

    /// <inheritdoc/>
    public override string Description
        => "activation and pruning: the answer while tokens are put back and taken away in the order of a map";

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["substitute"] = removal.Name };

    /// <inheritdoc/>
    protected override string Title => "Perturbation of text";

    /// <inheritdoc/>
    protected override string Note
        => $"In place of a token stands {Words(removal)}; the asked token (and a prompt) always stays. AUAC: tokens are put back into the "
            + "emptied text, the most relevant first, 10 % at a time; area under the probability of the explained token, "
            + "0 to 1. AU-MSE: tokens are taken away, those of least absolute relevance first; area under the sum of squared changes of "
            + "all logits of the vocabulary (its scale is the model's: compare methods, not models). "
            + $"Whole text: probability of the explained token with nothing taken away; emptied: with nothing but what stays. Data with "
            + $"classes: probability and scores over the classes alone. {Controls}";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<TextPerturbationRecord>> Columns { get; } =
    [
        new("auac", "AUAC (higher is better)", isHigherBetter: true, record => TextSteps.Area(record.Activation)),
        new("au_mse", "AU-MSE (lower is better)", isHigherBetter: false, record => TextSteps.Area(record.Pruning)),
        new("probability_whole", "whole text", isHigherBetter: null, record => record.Activation[^1]),
        new("probability_emptied", "emptied", isHigherBetter: null, record => record.Activation[0]),
        Accuracy(record => record.IsRight),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureCurves> Curves(IReadOnlyList<MethodLines> methods)
        =>
        [
            Chart(
                "activation", "Activation", "tokens put back, most relevant first, %",
                "probability of the explained token", record => record.Activation, methods),
            Chart(
                "pruning", "Pruning", "tokens taken away, least relevant first, %", "squared change of the logits",
                record => record.Pruning, methods),
        ];

    /// <inheritdoc/>
    protected override Measuring<QuestionCase, TextPerturbationRecord> Begin(MeasuredModel model, int seed)
        => (question, maps, workers, pool) =>
        {
            var texts = new ChangedTexts(question, removal, workers, pool);
            return maps.Select(map => Measure(question, map.Map, texts));
        };

    /// <inheritdoc/>
    protected override int Degenerate(TextPerturbationRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static TextPerturbationMeasure Of(MeasureOptions options) => new(TokenRemoval.Parse(options.Text("substitute")));

    /// <summary>What a removal leaves, in words.</summary>
    internal static string Words(TokenRemoval removal)
        => removal == TokenRemoval.Zero ? "an embedding of zeros"
        : removal == TokenRemoval.Drop ? "nothing (the text gets shorter)"
        : $"the token '{removal.Substitute}'";

    private static TextPerturbationRecord Measure(QuestionCase question, RelevanceMap<float> map, ChangedTexts texts)
    {
        var places = question.Source.Removable;
        int[] falling = [.. ValueOrder.Descending([.. places.Select(place => map.Values[place])]).Select(i => places[i])];
        int[] rising = [.. ValueOrder.Ascending([.. places.Select(place => Math.Abs(map.Values[place]))]).Select(i => places[i])];
        var without = texts.Without(
        [
            .. Enumerable.Range(0, TextSteps.Count).Select(step => falling[TextSteps.Tokens(step, places.Length)..]),
            .. Enumerable.Range(1, TextSteps.Count).Select(step => rising[..TextSteps.Tokens(step, places.Length)]),
        ]);
        return new(
            [
                .. without.Take(TextSteps.Count).Append(texts.Whole)
                    .Select(scores => NextToken.Probability(scores, question.ExplainedAnswer)),
            ],
            [0, .. without.Skip(TextSteps.Count).Select(scores => SquaredChange(texts.Whole, scores))],
            question.IsRight,
            map.Degenerate is not null);
    }

    private static double SquaredChange(float[] before, float[] after)
    {
        var sum = 0.0;
        for (var i = 0; i < before.Length; i++)
        {
            var change = (double)before[i] - after[i];
            sum += change * change;
        }

        return sum;
    }

    private static MeasureCurves Chart(
        string key,
        string title,
        string xLabel,
        string yLabel,
        Func<TextPerturbationRecord, double[]> curve,
        IReadOnlyList<MethodLines> methods)
        => TextCurves.Of(key, title, xLabel, yLabel, methods, lines => [.. Records(lines).Select(curve)]);
}
