using System.CommandLine;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Questions about texts and the language models that answer them.</summary>
/// <param name="standardModel">The model that is measured when none is named.</param>
internal sealed class TextInput(string standardModel) : EvaluationInput
{
    private readonly RunOptions run = new(standardModel, ModelInput.Text);
    private readonly TextDataOptions data = new();

    private readonly Option<ExplainedClass?> explained = OptionKinds.Choice<ExplainedClass?>(
        "--explain",
        "Next token that maps explain: the model's answer, or the true one [default: true where the data ask for an answer that is known, "
            + "as planted truth does; else predicted]",
        [("predicted", ExplainedClass.Predicted), ("true", ExplainedClass.True)]);

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Notes => run.Notes;

    /// <inheritdoc/>
    internal override CaseKind Kind => CaseKind.Question;

    /// <inheritdoc/>
    internal override string SliceColumns => "label, prediction, or a column of the data";

    /// <inheritdoc/>
    internal override void AddTo(Command verb)
    {
        foreach (
            var option in (Option[])
                [
                    run.Models, .. run.Opening.OfText, run.Methods, .. run.OfMethods, .. data.All, explained, run.Seed, run.Shard,
                ])
        {
            verb.Add(option);
        }
    }

    /// <inheritdoc/>
    internal override OpenedEvaluation Open(
        Session session, IMeasure measure, IReadOnlyDictionary<int, string>? leftOut = null)
    {
        run.ShardOf(session);
        var dataset = data.Open(session);
        var named = run.Named(session);
        var models = run.Open(
            session, name => ModelOptions.OpenText(session, name, choices: run.Opening.Choices(session, named, name)), model => model.Name);
        try
        {
            var (measureRun, methods) = SetUp(
                session,
                measure,
                run,
                [.. models.Select(model => (model.Name, model.Model.Shape))],
                new QuestionCases(dataset, [.. models.Select(QuestionModel.Of)]),
                measure.Explains ?? session.Arguments.GetValue(explained) ?? dataset.Explained);
            return new(measureRun, models[0].Workers, new TextExamples(measure, dataset, models, methods).AddTo, models);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }
}
