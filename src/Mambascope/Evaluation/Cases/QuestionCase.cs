using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>A question about a text as one model answered it.</summary>
/// <param name="Index">Number in the data set.</param>
/// <param name="Source">The question.</param>
/// <param name="Model">The model.</param>
/// <param name="Scores">Its logits after the asked token.</param>
/// <param name="Embedded">The text as vectors (1, L, d), before the first block.</param>
/// <param name="Prediction">Its answer: of the whole vocabulary or of the choices.</param>
/// <param name="Explained">The token that maps explain.</param>
public sealed record QuestionCase(
    int Index, TextQuestion Source, QuestionModel Model, float[] Scores, Activation<float> Embedded, int Prediction, int Explained)
    : Case(Index, Source.Id, Scores, Prediction, Explained)
{
    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Question;

    /// <inheritdoc/>
    public override int? Answer => Source.Answer;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Columns => Source.Columns;

    /// <inheritdoc/>
    public override (int Rows, int Columns) MapSize => (1, Source.Tokens.Length);

    /// <inheritdoc/>
    public override RelevanceMap<float>? Truth
        => Source.Truth is { } truth
            ? RelevanceMap<float>.Of(
                [.. Enumerable.Range(0, Source.Tokens.Length).Select(t => truth.Contains(t) ? 1f : 0f)], 1, Source.Tokens.Length)
            : null;

    /// <summary>What the model says of the question's classes; null where it has none.</summary>
    public ClassChoice? Choice { get; init; }

    /// <summary>What an answer is judged by: scores of the classes where there are some, else of the vocabulary.</summary>
    internal float[] AnswerScores => Choice?.Scores ?? Scores;

    /// <summary>The explained one of <see cref="AnswerScores"/>.</summary>
    internal int ExplainedAnswer => Choice?.Explained ?? Explained;

    /// <summary>Whether the model's answer is the true one; null where that is not known.</summary>
    public bool? IsRight
        => Choice is { } choice && Source.Class is { } right ? choice.Preferred == right
            : Source.Answer is { } answer ? Prediction == answer : null;
}
