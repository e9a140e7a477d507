using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.Summaries;
using Mambascope.Imaging.Reports;
using Mambascope.Numerics;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation with everything it needs, open.</summary>
/// <param name="Run">The run.</param>
/// <param name="Workers">Its threads.</param>
/// <param name="AddExamples">Adds some cases with their maps to a report.</param>
/// <param name="Models">What is closed at the end.</param>
internal sealed record OpenedEvaluation(
    MeasureRun Run, Workers Workers, Action<HtmlReport, EvaluationSummary> AddExamples, IReadOnlyList<IDisposable> Models)
    : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in Models)
        {
            model.Dispose();
        }
    }
}
