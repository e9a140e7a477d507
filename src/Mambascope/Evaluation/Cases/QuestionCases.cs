using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// Questions about texts and the language models that answer them. Every model reads the same texts with its own tokenizer.
/// </summary>
/// <param name="data">The questions.</param>
/// <param name="models">The models.</param>
public sealed class QuestionCases(ITextDataset data, IReadOnlyList<QuestionModel> models) : CaseSet
{
    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Question;

    /// <inheritdoc/>
    public override string Name => data.Name;

    /// <inheritdoc/>
    public override int Count => data.Count;

    /// <inheritdoc/>
    public override KnownFacts Known
        => (data.HasAnswers ? KnownFacts.Answers : KnownFacts.None)
            | (data.HasTruth ? KnownFacts.Truth : KnownFacts.None)
            | (data.HasPairs ? KnownFacts.Pairs : KnownFacts.None);

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredModel> Models => models;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredMethod> Controls(int seed)
        => [
            MeasuredMethod.Random(seed),
            MeasuredMethod.MostRecent,
            .. data.HasTruth ? [MeasuredMethod.Oracle] : Array.Empty<MeasuredMethod>(),
        ];

    /// <inheritdoc/>
    internal override string Id(int index) => $"{Kind.Name} {index}";

    /// <inheritdoc/>
    internal override CaseInput Read(int index)
    {
        TextQuestion[] questions = [.. models.Select(model => data.Read(index, model.Reader))];
        return new(
            questions[0].Id,
            [.. questions.Select(question => question.Fingerprint())],
            (explained, workers, pool) => models.Zip(questions, (model, question) =>
                Run(model, index, Checked(question, model), explained, workers, pool)));
    }

    private protected override string Lack(KnownFacts fact, string user)
        => fact switch
        {
            KnownFacts.Answers => $"does not say what comes next, and {user} needs that; use --explain predicted",
            KnownFacts.Truth =>
                $"does not say which tokens matter, and {user} needs that; use planted truth (selective-copying:200), a data set in "
                    + "ERASER's format, or \"truth\" in your JSON lines",
            KnownFacts.Pairs => $"has no pairs of sentences, and {user} needs them; use a data set in BLiMP's format",
            _ => $"are texts, and {user} needs pictures of two objects",
        };

    private static TextQuestion Checked(TextQuestion question, QuestionModel model)
    {
        var size = model.Network.VocabularySize;
        foreach (var token in new[] { question.Answer, question.Contrast }.Concat((question.Choices ?? []).Select(id => (int?)id))
            .Concat((question.Classes ?? []).SelectMany(tokens => tokens.Select(id => (int?)id))))
        {
            if (token >= size)
            {
                throw new BadInputException($"question {question.Id} has the answer {token}; {model.Name} has ids 0 to {size - 1}");
            }
        }

        return question;
    }

    private ExplainedRun Run(
        QuestionModel model, int index, TextQuestion source, ExplainedClass explained, Workers workers, BufferPool<float> pool)
    {
        RunCost.Check<float>(model.Name, model.Network, source.Tokens.Length, isRecorded: true, mayTry: true); // what cannot be held at all
        var tape = new Tape<float>(workers, pool, isRecording: true);
        var trace = model.Network.Forward(tape, TokenBatch.Of(source.Tokens), ScorePositions.At(source.Asked));
        try
        {
            var scores = Finite(trace.ScoresAt(0, source.Asked).ToArray(), model, source.Id);
            var choice = ChoiceOf(model, source, scores, explained, workers, pool);
            var prediction = choice is null ? Best(scores, source.Choices) : source.Classes![choice.Preferred][0];
            var token = explained == ExplainedClass.True
                ? source.Answer ?? throw new BadInputException(
                    $"question {source.Id} of {data.Name} has no answer; expected one for every question, or --explain predicted")
                : prediction;
            token = choice is null ? token : source.Classes![choice.Explained][0];
            var embedded = Activation<float>.Of(trace.Input.Data.ToArray(), 1, trace.Length, trace.Input.Data.Width);
            return new(
                new QuestionCase(index, source, model, scores, embedded, prediction, token) { Choice = choice }, model.Network, trace,
                new Decision<float>(trace, [token], source.Asked),
                source.Contrast is { } other && other != token ? new Decision<float>(trace, [token], source.Asked, [other]) : null);
        }
        catch
        {
            trace.Dispose();
            throw;
        }
    }

    private static ClassChoice? ChoiceOf(
        QuestionModel model, TextQuestion source, float[] scores, ExplainedClass explained, Workers workers, BufferPool<float> pool)
    {
        if (source.Classes is not { } classes)
        {
            return null;
        }

        var (own, embedded) = ClassScores.Of(model.Network, source.Tokens, classes, scores, workers, pool);
        var preferred = ArgMax.Of(own);
        return new(own, preferred, explained == ExplainedClass.True ? source.Class ?? preferred : preferred) { Embedded = embedded };
    }

    private static int Best(float[] scores, IReadOnlyList<int>? choices)
        => choices is null ? ArgMax.Of(scores) : choices.MaxBy(id => scores[id]);
}
