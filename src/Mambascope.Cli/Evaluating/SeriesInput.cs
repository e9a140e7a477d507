using System.CommandLine;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Series or rows of a table and the models that answer them.</summary>
internal sealed class SeriesInput : EvaluationInput
{
    private const string None = "none";

    private readonly RunOptions run = new(None, ModelInput.Series);
    private readonly SeriesOptions files = new();

    private readonly Option<string?> data = OptionKinds.Text(
        "--data", "DATA",
        $"{MotifSet.Prefix}:COUNT, series with a planted cause (500 where no count is named); {EcgSet.Prefix}:FILE.npz:COUNT, real "
            + "heartbeats of a recording with a planted change; or FILE.ts, .csv, .tsv or .npz");

    private readonly Option<int?> cases = OptionKinds.Whole("--cases", "N", "Cases at most, the first of the data [default: all]", 1);

    private readonly Option<ExplainedClass> explained = OptionKinds.Choice(
        "--explain", "Class that maps explain: the model's answer, or the true one [default: predicted]",
        [("predicted", ExplainedClass.Predicted), ("true", ExplainedClass.True)]);

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Notes => run.Notes;

    /// <inheritdoc/>
    internal override CaseKind Kind => CaseKind.Measurement;

    /// <inheritdoc/>
    internal override string SliceColumns => "label or prediction";

    /// <inheritdoc/>
    internal override void AddTo(Command verb)
    {
        foreach (
            var option in (Option[])
                [
                    run.Models, .. run.Opening.OfText, run.Methods, .. run.OfMethods, data, cases, .. files.All, explained, run.Seed,
                    run.Shard,
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
        var word = session.Arguments.GetValue(data)
            ?? throw new UsageException($"--data is missing; expected {SeriesDatasetSpecification.Known}");
        if (session.Arguments.GetValue(run.Models) is not { Length: > 0 })
        {
            throw new UsageException("--model is missing: name a model of series, such as a folder of mambascope train");
        }

        var named = run.Named(session);
        var models = run.Open(
            session,
            name => ModelOptions.OpenSeries(session, name, choices: run.Opening.Choices(session, named, name)),
            model => model.Name);
        try
        {
            var dataset = session.Progress.During($"reading {word}", () =>
                SeriesDatasetSpecification.Open(word, models[0], files.Read(session), session.Arguments.GetValue(cases)));
            var (measureRun, methods) = SetUp(
                session,
                measure,
                run,
                [.. models.Select(model => (model.Name, model.Model.Shape))],
                new MeasurementCases(dataset, [.. models.Select(MeasurementModel.Of)]),
                measure.Explains ?? session.Arguments.GetValue(explained));
            return new(measureRun, models[0].Workers, new SeriesExamples(measure, dataset, models, methods).AddTo, models);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }
}
