using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging.Reports;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation with everything it needs, open.</summary>
/// <param name="Run">The run.</param>
/// <param name="Test">Its test.</param>
internal abstract record OpenedEvaluation(EvaluationRun Run, IEvaluationTest Test) : IDisposable
{
    /// <summary>The threads of the run: the first model's.</summary>
    internal abstract Workers Workers { get; }

    /// <summary>Adds some images or texts with their maps to a report.</summary>
    internal abstract void AddExamples(HtmlReport report, IReadOnlyList<MethodLines> methods);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>An evaluation on images, open.</summary>
/// <param name="Run">The run.</param>
/// <param name="Test">Its test.</param>
/// <param name="Data">Its images.</param>
/// <param name="Models">Its models.</param>
/// <param name="Methods">The methods of each model, controls included.</param>
internal sealed record OpenedImageEvaluation(
    EvaluationRun Run, IEvaluationTest Test, IImageDataset Data, IReadOnlyList<ImageClassifier> Models, IReadOnlyList<IReadOnlyList<TestMethod>> Methods) : OpenedEvaluation(Run, Test)
{
    /// <inheritdoc/>
    internal override Workers Workers => Models[0].Workers;

    /// <inheritdoc/>
    internal override void AddExamples(HtmlReport report, IReadOnlyList<MethodLines> methods) => ImageExamples.Add(report, methods, this);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var model in Models)
        {
            model.Dispose();
        }
    }
}
