using System.CommandLine;
using Mambascope.Evaluation.Runs;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which language models, methods and questions: the options of every verb that runs a test of text.</summary>
internal sealed class TextEvaluationOptions
{
    private readonly RunOptions run;
    private readonly TextDataOptions data;
    private readonly Option<ExplainedClass?> explained = OptionKinds.Choice<ExplainedClass?>(
        "--explain", "Next token that maps explain: the model's answer, or the true one [default: true where the data ask for an answer that is known, as planted truth does; else predicted]",
        [("predicted", ExplainedClass.Predicted), ("true", ExplainedClass.True)]);

    internal TextEvaluationOptions(Command verb, string standardModel)
    {
        run = new(standardModel, "raw,rollout,attribution");
        verb.Add(run.Models);
        verb.Add(run.Methods);
        data = new(verb);
        foreach (var option in new Option[] { explained, run.Seed, run.Shard })
        {
            verb.Add(option);
        }
    }

    /// <summary>Opens models and data and sets up the run.</summary>
    internal OpenedTextEvaluation Open(Session session, ITextTest test)
    {
        var part = run.ShardOf(session);
        var dataset = data.Open(session);
        var models = run.Open(session, name => ModelOptions.OpenText(session, name), model => model.Name);
        try
        {
            var seed = run.SeedOf(session);
            ModelShape[] kinds = [.. models.Select(model => model.Model.Shape)];
            TextTestModel[] tested = [.. models.Select(model => new TextTestModel(new(model.Name, RunOptions.Fingerprint(model.Model)), model.Model, model.Tokenizer))];
            IReadOnlyList<TextMethod>[] chosen =
            [
                .. models.Select((model, m) => (IReadOnlyList<TextMethod>)
                [
                    .. run.MethodsOf(session, model.Name, kinds[m], kinds).Select(method => TextMethod.Of(method.Method, method.Options)),
                    .. TextMethod.Controls(dataset.HasTruth, seed),
                ]),
            ];
            var evaluation = new TextEvaluation(test, dataset, tested, chosen, session.Arguments.GetValue(explained) ?? dataset.Explained, seed, part.Index, part.Count);
            return new(evaluation, test, dataset, models, tested, chosen);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }
}
