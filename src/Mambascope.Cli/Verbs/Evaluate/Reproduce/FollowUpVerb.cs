using System.CommandLine;
using System.Text.Json.Nodes;
using Mambascope.Cli.Evaluating;
using Mambascope.Cli.Reproducing;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;

namespace Mambascope.Cli.Verbs.Evaluate.Reproduce;

/// <summary>A measure on a follow-up paper's data, with the paper's figures beside ours at its end.</summary>
internal abstract class FollowUpVerb : MeasureVerb
{
    private const string FileName = "published";

    private readonly FollowUpTable table;
    private readonly IReadOnlyList<ReleasedFile> needed;
    private readonly Option<string?>? line;

    /// <param name="name">The paper, in a word.</param>
    /// <param name="description">One line.</param>
    /// <param name="input">Models, methods and data.</param>
    /// <param name="table">The paper's figures.</param>
    /// <param name="needed">What --model and --data have to name.</param>
    protected FollowUpVerb(
        string name, string description, EvaluationInput input, FollowUpTable table, params IReadOnlyList<ReleasedFile> needed)
        : base(name, description, input)
    {
        (this.table, this.needed) = (table, needed);
        if (table.Lines.Count > 1)
        {
            Add(line = OptionKinds.Choice<string?>(
                "--line", $"Which line of the paper is measured [default: {table.Lines[0]}]",
                [.. table.Lines.Select(each => (each, (string?)each))]));
        }
    }

    /// <inheritdoc/>
    internal override string? Remarks
    {
        get
        {
            using var text = new StringWriter();
            Paragraph.Write(text, $"Figures of the paper: {table.Source}. {table.Differences}");
            return text.ToString().TrimEnd();
        }
    }

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        ReleasedFile[] missing = [.. needed.Where(file => session.Arguments.GetResult(file.Option) is null)];
        if (missing.Length > 0)
        {
            Refuse(session, missing);
        }

        base.Execute(session);
    }

    /// <inheritdoc/>
    private protected override void Conclude(
        Session session, EvaluationSettings settings, IReadOnlyList<ResultLine> lines, IReadOnlyList<string> slices, string? folder)
    {
        if (settings.Shards > 1)
        {
            return;
        }

        var chosen = (line is null ? null : session.Arguments.GetValue(line)) ?? table.Lines[0];
        var published = FollowUpReport.Table(table, chosen, MeasureRegistry.Read(settings), lines);
        if (!session.Json)
        {
            session.Out.WriteLine();
            session.Out.WriteLine(published.Title);
            SummaryReport.Write(session.Out, published);
            Paragraph.Write(session.Out, published.Note!);
        }

        if (folder is not null)
        {
            Interruption.Shield(() =>
            {
                CsvTable.Save(published, Path.Combine(folder, FileName + ".csv"));
                JsonTable.Save(published, Path.Combine(folder, FileName + ".json"));
            });
            session.Note($"wrote {Path.Combine(folder, FileName)}.csv and .json");
        }
    }

    private void Refuse(Session session, IReadOnlyList<ReleasedFile> missing)
    {
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["source"] = table.Source,
                ["tables"] = new JsonObject(),
                ["missing"] = new JsonArray([.. missing.Select(file => new JsonObject
                {
                    ["name"] = file.Name,
                    ["option"] = file.Option,
                    ["contents"] = file.Contents,
                    ["source"] = file.Source,
                    ["put_at"] = "",
                    ["preparation"] = file.Preparation,
                })]),
            });
        }
        else
        {
            session.Out.WriteLine("Needed and not named:");
            foreach (var file in missing)
            {
                session.Out.WriteLine($"  {file.Option} {file.Name}");
                session.Out.WriteLine($"      what it is    {file.Contents}");
                session.Out.WriteLine($"      published at  {file.Source}");
            }
        }

        throw new BadInputException(
            $"nothing can be computed yet: name {string.Join(" and ", missing.Select(file => $"{file.Option} {file.Name}"))}");
    }
}
