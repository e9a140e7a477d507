using System.CommandLine;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Runs;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which models, methods and data: the options of a verb that runs a measure on one kind of input.</summary>
internal abstract class EvaluationInput
{
    /// <summary>What a line of results is of.</summary>
    internal abstract CaseKind Kind { get; }

    /// <summary>What slices can be cut by, in words.</summary>
    internal abstract string SliceColumns { get; }

    /// <summary>What is to be said beside the results.</summary>
    internal virtual IReadOnlyList<string> Notes => [];

    /// <summary>Adds the options to a verb.</summary>
    internal abstract void AddTo(Command verb);

    /// <summary>Opens models and data and sets up the run.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="measure">The measure.</param>
    /// <param name="leftOut">Names by number of what could not be read by the run that this one goes on with.</param>
    internal abstract OpenedEvaluation Open(
        Session session, IMeasure measure, IReadOnlyDictionary<int, string>? leftOut = null);

    /// <summary>Sets up a run of opened models.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="measure">The measure.</param>
    /// <param name="run">Methods, seed and shard.</param>
    /// <param name="models">Name and mixers of each model.</param>
    /// <param name="cases">Data and models.</param>
    /// <param name="explained">Which answer is explained.</param>
    private protected static (MeasureRun Run, IReadOnlyList<IReadOnlyList<MeasuredMethod>> Methods) SetUp(
        Session session, IMeasure measure, RunOptions run, IReadOnlyList<(string Name, ModelShape Kinds)> models, CaseSet cases,
        ExplainedClass explained)
    {
        var (seed, part) = (run.SeedOf(session), run.ShardOf(session));
        ModelShape[] kinds = [.. models.Select(model => model.Kinds)];
        run.RefuseUnread(session, kinds);
        IReadOnlyList<MeasuredMethod>[] methods =
        [
            .. models.Select(model => (IReadOnlyList<MeasuredMethod>)
            [
                .. run.MethodsOf(session, model.Name, model.Kinds, kinds)
                    .Select(method => MeasuredMethod.Of(method.Method, method.Options)),
                .. cases.Controls(seed),
            ]),
        ];
        return (new(measure, cases, methods, explained, seed, part.Index, part.Count), methods);
    }
}
