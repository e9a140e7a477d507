using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;
using Mambascope.Numerics;
using Mambascope.Tests.Evaluation.Texts;
using Xunit;

namespace Mambascope.Tests.Evaluation.Measures;

/// <summary>
/// Every figure of the measures of text on a model whose answer can be worked by hand: a adds 2 to the score, b adds 1, q nothing.
/// </summary>
public sealed class TextMeasureFigureTests
{
    private static readonly RelevanceMap<float> aFirst = Map(5, 3, 9); // the asked token's relevance plays no part
    private static readonly RelevanceMap<float> bFirst = Map(3, 5, 9);

    [Theory]
    [InlineData("zero")]
    [InlineData("q")] // a token that adds nothing
    public void Activation_and_pruning(string substitute)
    {
        var measure = new TextPerturbationMeasure(TokenRemoval.Parse(substitute));
        var record = Measure<TextPerturbationRecord>(measure, AdditiveModel.Question("abq"), aFirst);

        // Two tokens: one of them from step 1 to 5, both from step 6 on. Scores while they return: 0, then a's 2, then 3.
        var (none, a, both) = (AdditiveModel.Probability(0), AdditiveModel.Probability(2), AdditiveModel.Probability(3));
        Golden.AssertClose("activation", record.Activation, [none, a, a, a, a, a, both, both, both, both, both], 1e-6);

        // Of least relevance goes b: score 2, squared change 1; then a: score 0, squared change 9.
        Golden.AssertClose("pruning", record.Pruning, [0, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9], 1e-6);
        Assert.Equal(0.1 * (((none + a) / 2) + (4 * a) + ((a + both) / 2) + (4 * both)), Figure(measure, "auac", record), 1e-7);
        Assert.Equal(0.1 * (0.5 + 4 + 5 + 36), Figure(measure, "au_mse", record), 1e-6);
        Assert.True(record.IsRight);
    }

    [Fact]
    public void Pruning_goes_by_absolute_relevance_and_activation_by_signed()
    {
        var measure = new TextPerturbationMeasure(TokenRemoval.Zero);
        var record = Measure<TextPerturbationRecord>(measure, AdditiveModel.Question("abq"), Map(-5, 3, 0));
        Assert.Equal(AdditiveModel.Probability(1), record.Activation[1], 1e-6); // b returns first
        Assert.Equal(1, record.Pruning[1], 1e-6); // b goes first
    }

    [Fact]
    public void A_substitute_counts_for_what_it_is()
    {
        // The dot takes 1 off: emptied, 'abq' is '..q' with score -2; with a alone 1.
        var record = Measure<TextPerturbationRecord>(
            new TextPerturbationMeasure(TokenRemoval.Parse(".")), AdditiveModel.Question("abq"), aFirst);
        Assert.Equal(AdditiveModel.Probability(-2), record.Activation[0], 1e-6);
        Assert.Equal(AdditiveModel.Probability(1), record.Activation[5], 1e-6);
        Assert.Equal(25, record.Pruning[^1], 1e-5); // from 3 to -2
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("zero")]
    public void Comprehensiveness_sufficiency_and_deletion_curves(string removal)
    {
        var measure = new TextFaithfulnessMeasure(TokenRemoval.Parse(removal));
        var record = Measure<TextFaithfulnessRecord>(measure, AdditiveModel.Question("abq"), aFirst);

        // Every share of two tokens is one token: a. Without it the score is 1, with it alone 2.
        var (whole, withoutA, withA) = (AdditiveModel.Probability(3), AdditiveModel.Probability(1), AdditiveModel.Probability(2));
        Golden.AssertClose("comprehensiveness", record.Comprehensiveness, [.. Enumerable.Repeat(whole - withoutA, 5)], 1e-6);
        Golden.AssertClose("sufficiency", record.Sufficiency, [.. Enumerable.Repeat(whole - withA, 5)], 1e-6);

        // Logits: 3, then 1 (a gone) or 2 (b gone) for five steps, then 0. Areas 0.65 and 1.15.
        Golden.AssertClose("most first", record.MostRelevantFirst, [3, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], 1e-6);
        Golden.AssertClose("least first", record.LeastRelevantFirst, [3, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0], 1e-6);
        Assert.Equal(0.5, Figure(measure, "delta_af", record), 1e-6);
        Assert.Equal(whole - withoutA, Figure(measure, "comprehensiveness", record), 1e-7);
        var reversed = Measure<TextFaithfulnessRecord>(measure, AdditiveModel.Question("abq"), bFirst);
        Assert.Equal(-0.5, Figure(measure, "delta_af", reversed), 1e-6);
    }

    [Fact]
    public void A_text_of_one_token_has_nothing_to_take_away()
    {
        var record = Measure<TextPerturbationRecord>(new TextPerturbationMeasure(TokenRemoval.Zero), AdditiveModel.Question("a"), Map(1));
        Assert.All(record.Activation, probability => Assert.Equal(AdditiveModel.Probability(2), probability, 1e-6));
        Assert.All(record.Pruning, change => Assert.Equal(0, change, 1e-9));
        var faithfulness = Measure<TextFaithfulnessRecord>(
            new TextFaithfulnessMeasure(TokenRemoval.Drop), AdditiveModel.Question("a"), Map(1));
        Assert.All(faithfulness.Comprehensiveness, drop => Assert.Equal(0, drop, 1e-9));
    }

    [Fact]
    public void What_stays_in_place_is_never_taken()
    {
        // Only b takes part: a is a prompt.
        var question = AdditiveModel.Question("abq");
        question = question with { Source = question.Source with { Places = [1, 2] } };
        var record = Measure<TextPerturbationRecord>(new TextPerturbationMeasure(TokenRemoval.Zero), question, aFirst);
        Assert.Equal(AdditiveModel.Probability(2), record.Activation[0], 1e-6);
        Assert.Equal(1, record.Pruning[^1], 1e-6);
    }

    [Fact]
    public void Planted_truth()
    {
        // Ranked by relevance: b (8), c (7, matters), a (2, matters), d (1). AUC: c beats d, a beats d, of four pairs. AP: (1/2 + 2/3) / 2.
        var measure = new PlantedMeasure();
        var record = Measure<EvidenceRecord>(measure, AdditiveModel.Question("abcdq", 0, 2), Map(2, 8, 7, 1, 9));
        Assert.Equal(0.5, record.Auc, 1e-12);
        Assert.Equal(((1 / 2.0) + (2 / 3.0)) / 2, record.AveragePrecision, 1e-12);
        Assert.Equal(0.5, record.RecallAtCount, 1e-12);
        Assert.Equal(0.5, record.ReciprocalRank, 1e-12);
    }

    [Fact]
    public void Figures_of_right_answers_leave_the_wrong_ones_out()
    {
        var measure = new PlantedMeasure();
        EvidenceRecord[] records =
        [
            new(1, 1, 1, 1, IsRight: true, false),
            new(0.25, 0.5, 0, 0.5, IsRight: false, false),
            new(0.5, 0.5, 1, 1, IsRight: true, false),
        ];
        var table = measure.Table([Lines(records)]);
        Assert.Equal(3, table.Rows[0][2].Things);
        Assert.Equal(1.75 / 3, table.Rows[0][3].Value, 1e-12); // all three
        Assert.Equal(0.75, table.Rows[0][6].Value, 1e-12); // the first and the last
        Assert.Equal(200 / 3.0, table.Rows[0][9].Value, 1e-9); // accuracy, %
        var none = measure.Table([Lines(records[1])]);
        Assert.Null(none.Rows[0][6].Kind);
    }

    [Fact]
    public void Human_rationales()
    {
        // Ranked: b (8), c (7, marked), a (2, marked), d (1). Half of four tokens: b and c, one hit: F1 2 * 1 / (2 + 2). A quarter: b: 0.
        var measure = new RationaleMeasure([0.25, 0.5, 1]);
        var record = Measure<RationaleRecord>(measure, AdditiveModel.Question("abcdq", 0, 2), Map(2, 8, 7, 1, 9));
        Golden.AssertClose("F1", record.F1, [0, 0.5, 4 / 6.0], 1e-12);
        Assert.Equal(((1 / 2.0) + (2 / 3.0)) / 2, record.AveragePrecision, 1e-12);
        Assert.Equal(["auprc", "f1_25", "auc"], measure.Figures.Select(figure => figure.Name));
    }

    [Fact]
    public void Pairs_are_compared_by_the_sum_of_log_probabilities()
    {
        // 'ay' after a: p(y | 2). 'by' after b: p(y | 1). The first token is not judged.
        var question = AdditiveModel.Question("abq", 1);
        question = question with
        {
            Source = question.Source with { Pair = new(new([.. "ayb"], 1), new([.. "byb"], 1), new([.. "ay"], 1), new([.. "qy"], 1)) },
        };
        var record = Measure<MinimalPairRecord>(new MinimalPairMeasure(), question, bFirst);
        Assert.Equal(Math.Log(AdditiveModel.Probability(2)) + Other(2), record.Good, 1e-6);
        Assert.Equal(Math.Log(AdditiveModel.Probability(1)) + Other(1), record.Bad, 1e-6);
        Assert.Equal(Math.Log(AdditiveModel.Probability(2)), record.GoodWord!.Value, 1e-6);
        Assert.Equal(Math.Log(AdditiveModel.Probability(0)), record.BadWord!.Value, 1e-6);
        Assert.Equal(1, record.Evidence!.Auc);
        Assert.Equal("b", record.Top);

        // y adds nothing, so the score is unchanged; b is any of the 255 others.
        static double Other(double score) => -Math.Log(Math.Exp(score) + 255);
    }

    [Fact]
    public void Probabilities_do_not_overflow()
    {
        Assert.Equal(0, NextToken.LogProbability([3000, 0], 0), 1e-12);
        Assert.Equal(-3000, NextToken.LogProbability([3000, 0], 1), 1e-9);
        Assert.Equal(0.25, NextToken.Probability([-5000, -5000, -5000, -5000], 2), 1e-12);
    }

    private static RelevanceMap<float> Map(params float[] values) => new() { Values = values, Rows = 1, Columns = values.Length };

    private static TRecord Measure<TRecord>(IMeasure measure, QuestionCase question, RelevanceMap<float> map)
    {
        using var workers = new Workers(1);
        return Line(
                measure.Prepare(question.Model, seed: 0)(question, [new(MeasuredMethod.Given("map", _ => map), map)], workers, new())[0])
            .As<TRecord>();
    }

    private static double Figure<TRecord>(IMeasure measure, string name, TRecord record)
        => measure.Figures.Single(figure => figure.Name == name).PerCase(Line(ResultLine.RecordOf(record)));

    private static MethodLines Lines<TRecord>(params TRecord[] records)
        => new("m", "raw", [.. records.Select(record => Line(ResultLine.RecordOf(record)))]);

    private static ResultLine Line(System.Text.Json.Nodes.JsonObject record)
        => new(CaseKind.Question, 0, "0", "m", "raw", null, 0, 0, new Dictionary<string, string>(), record);
}
