using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Measures;

/// <summary>A figure of a measure: what it is called and how it comes from lines.</summary>
/// <param name="Name">In files.</param>
/// <param name="Heading">For people, with unit.</param>
/// <param name="IsHigherBetter">Which way is good.</param>
/// <param name="Measure">The figure, for intervals, rankings and slices; lines of one model and method.</param>
/// <param name="PerCase">The figure of one case alone, to find the best and the worst.</param>
public sealed record MeasureFigure(
    string Name, string Heading, bool IsHigherBetter, Func<MethodLines, Measured> Measure, Func<ResultLine, double> PerCase)
{
    /// <summary>Whether a case has the figure; those that have not are left out of it.</summary>
    public Func<ResultLine, bool> IsDefined { get; init; } = static _ => true;

    /// <summary>The lines of each model and method that have the figure, where there are any.</summary>
    public IReadOnlyList<MethodLines> In(IReadOnlyList<MethodLines> methods)
        => [.. methods
            .Select(method => method with { Lines = [.. method.Lines.Where(IsDefined)] })
            .Where(method => method.Lines.Count > 0)];
}
