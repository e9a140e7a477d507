using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Imaging.Reports;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation on text, open.</summary>
/// <param name="Run">The run.</param>
/// <param name="Test">Its test.</param>
/// <param name="Data">Its questions.</param>
/// <param name="Models">Its models.</param>
/// <param name="Tested">The same as the run knows them.</param>
/// <param name="Methods">The methods of each model, controls included.</param>
internal sealed record OpenedTextEvaluation(
    EvaluationRun Run, IEvaluationTest Test, ITextDataset Data, IReadOnlyList<TextModel> Models, IReadOnlyList<TextTestModel> Tested, IReadOnlyList<IReadOnlyList<TextMethod>> Methods)
    : OpenedEvaluation(Run, Test)
{
    /// <inheritdoc/>
    internal override Workers Workers => Models[0].Workers;

    /// <inheritdoc/>
    internal override void AddExamples(HtmlReport report, IReadOnlyList<MethodLines> methods) => TextExamples.Add(report, methods, this);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var model in Models)
        {
            model.Dispose();
        }
    }
}
