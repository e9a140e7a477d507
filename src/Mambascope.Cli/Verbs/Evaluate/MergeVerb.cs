using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Results;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Puts shards together.</summary>
internal sealed class MergeVerb : Verb
{
    private readonly Argument<string[]> shards = new("RESULTS")
    {
        Description = "The results.jsonl of every shard, or their folders",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string?> output = OptionKinds.Text("--out", "FOLDER", "Folder for the merged results, tables and report");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace existing results");

    internal MergeVerb() : base("merge", "Puts the results of all shards together, as one run would have written them")
    {
        Add(shards);
        Add(output);
        Add(force);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
        [("mambascope evaluate merge part0 part1 part2 --out whole", "three shards, run with --shard 0/3, 1/3 and 2/3")];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var folder = session.Arguments.GetValue(output)
            ?? throw new UsageException("--out is missing: give a folder for the merged results");
        var target = ResultFolder.Prepare(folder);
        OutputFile.Check(target, session.Arguments.GetValue(force));
        Interruption.Shield(() => ResultFile.Merge([.. session.Arguments.GetValue(shards)!.Select(ResultFolder.FileIn)], target));
        SummaryReport.Deliver(session, target, slice: [], examples: null);
    }
}
