using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Inputs.Text;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Evaluation.Texts;

/// <summary>
/// Classes said in tokens: a model's scores of them are those that it gives each text by itself, of the whole text and of what is left of
/// it, and measures look at the classes in place of the vocabulary.
/// </summary>
public sealed class ClassScoresTests : IDisposable
{
    private readonly SmallTexts texts = new();
    private readonly Workers workers = new(1);
    private readonly BufferPool<float> pool = new();

    public void Dispose()
    {
        texts.Dispose();
        workers.Dispose();
    }

    [Theory]
    [InlineData(true, "drop")]
    [InlineData(true, ".")]
    [InlineData(false, "drop")]
    [InlineData(false, "zero")]
    public void Scores_are_the_log_likelihoods_of_each_text_by_itself(bool isMamba, string removal)
    {
        var question = Ask(isMamba, " great", " so bad");
        var tokens = question.Source.Tokens;
        var classes = question.Source.Classes!;
        Assert.Equal([" great", " so bad"], classes.Select(Text));
        for (var c = 0; c < classes.Count; c++)
        {
            Assert.Equal(Likelihood(question, tokens, classes[c]), question.Choice!.Scores[c], tolerance: 1e-4);
        }

        var gone = Enumerable.Range(0, tokens.Length).Select(t => t % 3 == 1 && question.Source.Removable.Contains(t)).ToArray();
        var left = TokenRemoval.Parse(removal).Scores(question, [gone, new bool[tokens.Length]], workers, pool);
        Assert.Equal(question.Choice!.Scores[0], left[1][0], tolerance: 1e-4);
        if (removal == "zero")
        {
            Assert.NotEqual(question.Choice.Scores[0], left[0][0], tolerance: 1e-3);
            return;
        }

        int[] text = removal == "drop" ? [.. tokens.Where((_, t) => !gone[t])] : [.. tokens.Select((token, t) => gone[t] ? '.' : token)];
        for (var c = 0; c < classes.Count; c++)
        {
            Assert.Equal(Likelihood(question, text, classes[c]), left[0][c], tolerance: 1e-4);
        }
    }

    [Fact]
    public void Zeroed_text_before_several_tokens_is_what_a_model_worked_by_hand_says()
    {
        // The score of 'y' is the sum of the weights read; each class of one or two of them.
        int[] tokens = [.. "ab. ".Select(c => (int)c)];
        var (y, n) = ((int[])['y', 'y'], (int[])['n']);
        var question = AdditiveModel.Question("ab. ");
        question = question with { Source = question.Source with { Classes = [y, n], Class = 0 } };
        var (scores, embedded) = ClassScores.Of(AdditiveModel.UnderTest.Network, tokens, [y, n], question.Scores, workers, pool);
        question = question with { Choice = new(scores, 0, 0) { Embedded = embedded } };
        Assert.Equal(2 * Math.Log(AdditiveModel.Probability(2)), scores[0], tolerance: 1e-5);
        Assert.Equal(-Math.Log(Math.Exp(2) + 255), scores[1], tolerance: 1e-5);
        var without = TokenRemoval.Zero.Scores(question, [[true, false, false, false]], workers, pool)[0];
        Assert.Equal(2 * Math.Log(AdditiveModel.Probability(0)), without[0], tolerance: 1e-5);
    }

    [Fact]
    public void Classes_of_one_token_are_judged_by_their_logits_alone()
    {
        var question = Ask(isMamba: true, "g", "b");
        Assert.Equal([question.Scores['g'], question.Scores['b']], question.Choice!.Scores);
        Assert.Equal(question.Scores['g'] > question.Scores['b'] ? 0 : 1, question.Choice.Preferred);
        var length = question.Source.Tokens.Length;
        var map = new MeasuredMap(
            MeasuredMethod.MostRecent, RelevanceMap<float>.Of([.. Enumerable.Range(0, length).Select(t => (float)t)], 1, length));
        var record = (new TextPerturbationMeasure(TokenRemoval.Drop).Prepare(question.Model, seed: 0)(question, [map], workers, pool))[0];
        var activation = record["activation"]!.AsArray().Select(value => (double)value!).ToArray();
        var (one, two) = (question.Choice.Scores[question.Choice.Explained], question.Choice.Scores[1 - question.Choice.Explained]);
        Assert.Equal(1 / (1 + Math.Exp(two - one)), activation[^1], tolerance: 1e-6);
        Assert.Equal(question.Choice.Preferred == question.Source.Class, question.IsRight);
    }

    [Theory]
    [InlineData(ExplainedClass.True, 1)]
    [InlineData(ExplainedClass.Predicted, null)]
    public void Explained_is_the_right_class_or_the_models(ExplainedClass explained, int? expected)
    {
        var question = Ask(isMamba: true, " great", " so bad", explained);
        Assert.Equal(expected ?? question.Choice!.Preferred, question.Choice!.Explained);
        Assert.Equal(question.Source.Classes![question.Choice.Explained][0], question.Explained);
    }

    private static string Text(IEnumerable<int> tokens) => new ByteTokenizer().Decode([.. tokens]);

    private double Likelihood(QuestionCase question, int[] text, IReadOnlyList<int> tokens)
        => NextToken.LogProbability(question.Model.Network, new([.. text, .. tokens], text.Length), workers, pool);

    private QuestionCase Ask(bool isMamba, string negative, string positive, ExplainedClass explained = ExplainedClass.True)
    {
        var network = isMamba ? SmallByteModels.Networks.Mamba : SmallByteModels.Networks.Transformer;
        var data = TextDatasetSpecification.Open(
            texts.File("dev.tsv", "sentence\tlabel\na charming journey .\t1\n"),
            new() { Answers = new Dictionary<string, string> { ["0"] = negative, ["1"] = positive } });
        var cases = new QuestionCases(data, [new(new("m", "w"), network, new ByteTokenizer())]);
        using var run = cases.Runs(0, explained, workers, pool).Single();
        return (QuestionCase)run.Case;
    }
}
