using Mambascope.Attribution;

namespace Mambascope.Evaluation.Controls;

/// <summary>
/// What changes most from one step to the next, whatever a model makes of it; of a row of a table what is farthest from the mean.
/// </summary>
internal static class MostVarying
{
    /// <summary>A value a token: the greatest change within it.</summary>
    /// <param name="values">Standardised values (rows, width).</param>
    /// <param name="width">Values a row.</param>
    /// <param name="spans">Rows of each token.</param>
    /// <param name="isOfSteps">Whether rows follow each other in time.</param>
    public static RelevanceMap<float> Of(
        float[] values, int width, IReadOnlyList<(int First, int Count)> spans, bool isOfSteps)
        => RelevanceMap<float>.Of(
            [.. spans.Select(span => Enumerable.Range(span.First, span.Count).Max(row => Change(values, width, row, isOfSteps)))],
            1, spans.Count);

    private static float Change(float[] values, int width, int row, bool isOfSteps)
        => Enumerable.Range(row * width, width).Sum(i => Math.Abs(values[i] - (!isOfSteps ? 0 : row == 0 ? values[i] : values[i - width])));
}
