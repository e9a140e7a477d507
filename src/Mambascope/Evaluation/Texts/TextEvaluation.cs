using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>A run over questions about texts. Every model reads the same texts with its own tokenizer.</summary>
public sealed class TextEvaluation : EvaluationRun
{
    private readonly ITextTest test;
    private readonly ITextDataset data;
    private readonly IReadOnlyList<TextTestModel> models;
    private readonly IReadOnlyList<IReadOnlyList<TextMethod>> methods;

    /// <summary>Sets up a run.</summary>
    /// <param name="test">The test.</param>
    /// <param name="data">The questions.</param>
    /// <param name="models">The models.</param>
    /// <param name="methods">The methods of each model, controls included.</param>
    /// <param name="explained">Which next token is explained: the model's own answer or the true one.</param>
    /// <param name="seed">Seed of everything that is drawn.</param>
    /// <param name="shard">This part of the questions, from 0.</param>
    /// <param name="shards">Parts in all.</param>
    /// <exception cref="BadInputException">The data set lacks what the test needs.</exception>
    public TextEvaluation(
        ITextTest test, ITextDataset data, IReadOnlyList<TextTestModel> models, IReadOnlyList<IReadOnlyList<TextMethod>> methods, ExplainedClass explained, int seed, int shard = 0, int shards = 1)
        : base(new(
            test.Name, test.Options, data.Name, data.Count, [.. models.Select(model => model.Fingerprint)],
            [.. methods.Select(list => (IReadOnlyList<string>)[.. list.Select(method => method.Name)])], explained, seed, shard, shards)
        { Unit = EvaluationUnit.Question })
    {
        if (test.NeedsPairs && !data.HasPairs)
        {
            throw new BadInputException($"{data.Name} has no pairs of sentences, and the test {test.Name} needs them; use a data set in BLiMP's format");
        }

        if (test.NeedsTruth && !data.HasTruth)
        {
            throw new BadInputException($"{data.Name} does not say which tokens matter, and the test {test.Name} needs that; use planted truth (selective-copying:200), a data set in ERASER's format, or \"truth\" in your JSON lines");
        }

        if (explained == ExplainedClass.True && !data.HasAnswers)
        {
            throw new BadInputException($"{data.Name} does not say what comes next, and explaining the true token needs that; use --explain predicted");
        }

        (this.test, this.data, this.models, this.methods) = (test, data, models, methods);
    }

    private protected override IReadOnlyList<ResultLine> Measure(int index, Workers alone, BufferPool<float> pool)
    {
        var lines = new List<ResultLine>();
        for (var m = 0; m < models.Count; m++)
        {
            var source = Checked(data.Read(index, models[m]), models[m]);
            var (question, maps) = Explain(models[m], methods[m], index, source, alone, pool);
            var records = test.Measure(question, maps, alone, pool);
            lines.AddRange(methods[m].Zip(records, (method, record) => new ResultLine(
                Image: null, source.Id, models[m].Name, method.Name, source.Answer, question.Prediction, question.Explained, source.Columns, record)
            { Question = index }));
        }

        return lines;
    }

    private static TextQuestion Checked(TextQuestion question, TextTestModel model)
    {
        var size = model.Network.VocabularySize;
        foreach (var token in new[] { question.Answer, question.Contrast }.Concat((question.Choices ?? []).Select(id => (int?)id)))
        {
            if (token >= size)
            {
                throw new BadInputException($"question {question.Id} has the answer {token}; {model.Name} has ids 0 to {size - 1}");
            }
        }

        return question;
    }

    // The run's memory goes back before the test asks the model again.
    private (TestQuestion Question, IReadOnlyList<RelevanceMap<float>> Maps) Explain(
        TextTestModel model, IReadOnlyList<TextMethod> asked, int index, TextQuestion source, Workers alone, BufferPool<float> pool)
    {
        using var trace = model.Network.Forward(new Tape<float>(alone, pool, isRecording: true), TokenBatch.Of(source.Tokens), ScorePositions.At(source.Asked));
        var scores = trace.ScoresAt(0, source.Asked).ToArray();
        if (scores.FirstOrDefault(score => !float.IsFinite(score)) is var bad && !float.IsFinite(bad))
        {
            throw new BadInputException($"{model.Name}: a score of question {source.Id} is {bad}; expected finite scores");
        }

        var prediction = Best(scores, source.Choices);
        var explained = Settings.Explained == ExplainedClass.True
            ? source.Answer ?? throw new BadInputException($"question {source.Id} of {data.Name} has no answer; expected one for every question, or --explain predicted")
            : prediction;
        var embedded = Activation<float>.Of(trace.Input.Data.ToArray(), 1, trace.Length, trace.Input.Data.Width);
        var question = new TestQuestion(index, source, model, scores, embedded, prediction, explained);
        using var decision = new Decision<float>(trace, [explained], source.Asked);
        using var contrast = source.Contrast is { } other && other != explained ? new Decision<float>(trace, [explained], source.Asked, [other]) : null;
        return (question, [.. asked.Select(method => method.Map(method.ExplainsContrasts ? contrast ?? decision : decision, question))]);
    }

    private static int Best(float[] scores, IReadOnlyList<int>? choices)
        => choices is null ? ArgMax.Of(scores) : choices.MaxBy(id => scores[id]);
}
