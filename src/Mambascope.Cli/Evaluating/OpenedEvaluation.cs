using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Runs;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation with everything it needs, open.</summary>
/// <param name="Run">The run.</param>
/// <param name="Test">Its test.</param>
/// <param name="Data">Its images.</param>
/// <param name="Models">Its models.</param>
/// <param name="Methods">The methods of each model, controls included.</param>
internal sealed record OpenedEvaluation(
    EvaluationRun Run, ImageTest Test, IImageDataset Data, IReadOnlyList<ImageClassifier> Models, IReadOnlyList<IReadOnlyList<TestMethod>> Methods) : IDisposable
{
    /// <summary>The threads of the run: the first model's.</summary>
    internal Workers Workers => Models[0].Workers;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in Models)
        {
            model.Dispose();
        }
    }
}
