using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.SeriesDatasets;

namespace Mambascope.Evaluation.Cases;

/// <summary>A series, or a row of a table, as one model answered it.</summary>
/// <param name="Index">Number in the data set.</param>
/// <param name="Source">The case.</param>
/// <param name="Model">The model.</param>
/// <param name="Scores">Its logits.</param>
/// <param name="Values">What it was given: standardised, (time, channels).</param>
/// <param name="Spans">The rows of <paramref name="Values"/> that each token was made of.</param>
/// <param name="Class">The right class; null where it is not known.</param>
/// <param name="Prediction">Its answer.</param>
/// <param name="Explained">The class that maps explain.</param>
public sealed record MeasurementCase(
    int Index, SeriesItem Source, MeasurementModel Model, float[] Scores, float[] Values, IReadOnlyList<(int First, int Count)> Spans,
    int? Class, int Prediction, int Explained)
    : Case(Index, Source.Id, Scores, Prediction, Explained)
{
    private static readonly Dictionary<string, string> none = [];

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Measurement;

    /// <inheritdoc/>
    public override int? Answer => Class;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Columns => none;

    /// <inheritdoc/>
    public override (int Rows, int Columns) MapSize => (1, Spans.Count);

    /// <summary>For every token the share of its rows that are known to matter.</summary>
    public override RelevanceMap<float>? Truth
        => Source.Truth is { } truth
            ? RelevanceMap<float>.Of(
                [.. Spans.Select(span => truth.Count(row => row >= span.First && row < span.First + span.Count) / (float)span.Count)],
                1, Spans.Count)
            : null;

    /// <summary>Whether the model's answer is the true one; null where that is not known.</summary>
    public bool? IsRight => Class is { } known ? Prediction == known : null;
}
