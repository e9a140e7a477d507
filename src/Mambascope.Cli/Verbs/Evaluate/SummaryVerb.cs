using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Summaries;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Tables from results that are there.</summary>
internal sealed class SummaryVerb : Verb
{
    private readonly Argument<string> results = new("RESULTS") { Description = "A results.jsonl, finished or not, or its folder" };
    private readonly Option<string?> slice = OptionKinds.Text(
        "--slice", "COLUMN", "Also by group: label, prediction, or a column of the file given with --columns when the results were made");

    internal SummaryVerb() : base("summary", "Tables of results that are there, also by label or by a column")
    {
        Add(results);
        Add(slice);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
        [("mambascope evaluate summary table2 --slice label", "does a method work as well for every class?")];

    /// <inheritdoc/>
    internal override void Execute(Session session)
        => SummaryReport.Print(
            session,
            EvaluationSummary.Read(
                ResultFolder.FileIn(session.Arguments.GetValue(results)!), session.Arguments.GetValue(slice) is { } column ? [column] : []),
            files: []);
}
