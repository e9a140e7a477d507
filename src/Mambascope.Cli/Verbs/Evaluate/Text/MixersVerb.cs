using System.CommandLine;
using System.Text.Json.Nodes;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Evaluation.Texts;
using Mambascope.Models;

namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Which kind of mixer carries the answers?</summary>
internal sealed class MixersVerb : Verb
{
    private const string Standard = "planted-hybrid";

    private readonly TextDataOptions data = new();
    private readonly Option<string[]> models = new("--model", "-m")
    {
        Description = $"Model; repeat for several side by side [default: {Standard}]",
        HelpName = "MODEL",
    };

    internal MixersVerb()
        : base("mixers", "Which kind of mixer carries the answers, by knock-out and by relevance: scans, attention, or either")
    {
        models.CompletionSources.Add([.. ModelSpecification.Shipped()]);
        foreach (var option in (Option[])[models, .. data.All])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate text mixers --data induction:300", "the shipped hybrid: do its scans find the answer, or its attention?"),
        (
            "mambascope evaluate text mixers --data play.txt --windows 100 --model demo-hybrid --model demo-mamba",
            "the same of running text, where the answer is the byte that came next"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var opened = data.Open(session);
        if (!opened.HasAnswers)
        {
            throw new UsageException($"{opened.Name} does not say what comes next, and mixers needs that");
        }

        var roles = new List<(string Model, IReadOnlyList<MixerRole> Roles)>();
        foreach (var name in session.Arguments.GetValue(models) is { Length: > 0 } given ? given : [Standard])
        {
            using var model = ModelOptions.OpenText(session, name);
            session.Progress.Counting($"asking {model.Name}", CaseKind.Question.Plural, done: 0, opened.Count, asked =>
                roles.Add((model.Name, MixerRoles.Of(QuestionModel.Of(model), opened, model.Workers, asked))));
        }

        var table = MixerRoles.Table(roles);
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["test"] = "text-mixers",
                ["data"] = opened.Name,
                [CaseKind.Question.Plural] = opened.Count,
                ["note"] = table.Note,
                ["results"] = JsonTable.ToJson(table),
            });
            return;
        }

        session.Out.WriteLine($"{table.Title}: {OneLine.Of(opened.Name, 200)}, {opened.Count} {CaseKind.Question.Plural}");
        session.Out.WriteLine();
        SummaryReport.Write(session.Out, table);
        Paragraph.Write(session.Out, table.Note!);
    }
}
