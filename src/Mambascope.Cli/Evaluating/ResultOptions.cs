using System.Collections.ObjectModel;
using System.CommandLine;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Summaries;

namespace Mambascope.Cli.Evaluating;

/// <summary>Where results go and how they are summed up: the options of every verb that runs a measure, and the run itself.</summary>
internal sealed class ResultOptions
{
    private const int MostWarnings = 20;

    private readonly Option<string?> output;
    private readonly Option<bool> resume = OptionKinds.Switch("--resume", "Go on with the results in --out after an interruption");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace results in --out");
    private readonly Option<string?> slice;

    /// <param name="verb">Gets the options.</param>
    /// <param name="input">What is measured on.</param>
    internal ResultOptions(Command verb, EvaluationInput input)
    {
        output = OptionKinds.Text(
            "--out",
            "FOLDER",
            $"Folder for results.jsonl (a line {(input.Kind == CaseKind.Picture ? "an" : "a")} {input.Kind.Name}, model and method, "
                + "written as it goes), tables (CSV, JSON, Parquet) and report.html");
        slice = OptionKinds.Text("--slice", "COLUMN", $"Also by group: {input.SliceColumns}");
        foreach (var option in new Option[] { output, resume, force, slice })
        {
            verb.Add(option);
        }
    }

    /// <summary>
    /// What could not be read when results in --out were written that the run is to go on with: names by number. None for another run.
    /// </summary>
    internal IReadOnlyDictionary<int, string> LeftOut(Session session)
        => session.Arguments.GetValue(resume) && session.Arguments.GetValue(output) is { } folder && ResultFolder.FileIn(folder) is var path
            && File.Exists(path)
            ? ResultFile.LeftOut(path)
            : ReadOnlyDictionary<int, string>.Empty;

    /// <summary>Runs the measure to its end; results go to the folder of --out, summaries to the streams.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="opened">The run.</param>
    /// <param name="standardSlices">Columns to cut the results by where none is named.</param>
    /// <param name="conclude">What comes after the tables: settings, results, columns, folder.</param>
    internal void Execute(
        Session session,
        OpenedEvaluation opened,
        Func<IReadOnlyList<ResultLine>, IReadOnlyList<string>> standardSlices,
        Action<Session, EvaluationSettings, IReadOnlyList<ResultLine>, IReadOnlyList<string>, string?> conclude)
    {
        var settings = opened.Run.Settings;
        if (session.Arguments.GetValue(output) is not { } folder)
        {
            Refuse(session);
            var cases = new List<CaseResults>();
            Work(session, opened, first: 0, cases.Add);
            var stored = StoredResults.Of(settings, cases);
            var cut = Columns(stored.Lines);
            SummaryReport.Print(session, EvaluationSummary.Of(stored, opened.Run.Measure, cut), files: []);
            conclude(session, settings, stored.Lines, cut, null);
            return;
        }

        var path = ResultFolder.Prepare(folder);
        Fill(session, opened, path, session.Arguments.GetValue(resume), session.Arguments.GetValue(force));
        var (written, results) = ResultFile.Read(path);
        var columns = Columns(results);
        SummaryReport.Deliver(session, path, columns, opened);
        conclude(session, written, results, columns, Path.GetDirectoryName(path));

        IReadOnlyList<string> Columns(IReadOnlyList<ResultLine> lines)
            => session.Arguments.GetValue(slice) is { } named ? [named] : standardSlices(lines);
    }

    /// <summary>Works through what a file of results has not yet, and writes it as it goes.</summary>
    internal static void Fill(Session session, OpenedEvaluation opened, string path, bool resume, bool mayReplace)
    {
        var settings = opened.Run.Settings;
        using var results = resume
            ? session.Progress.During("checking what is there", () => opened.Run.Resume(path, opened.Workers))
            : ResultFile.Create(path, settings, mayReplace);
        Work(session, opened, results.Done, done => Interruption.Shield(() => results.Append(done)));
    }

    /// <summary>Works through the data from the given place on, with progress.</summary>
    internal static void Work(Session session, OpenedEvaluation opened, int first, Action<CaseResults> finished)
    {
        var settings = opened.Run.Settings;
        var (total, leftOut) = (settings.UnitCount, 0);
        session.Progress.Counting($"{settings.Measure}, {settings.Data}", settings.Kind.Plural, first, total, step =>
            opened.Run.Run(opened.Workers, first, total, done =>
            {
                finished(done);
                if (done.LeftOut is { } reason && leftOut++ < MostWarnings)
                {
                    session.Warn($"{settings.Kind.Name} {done.Index} is left out: {reason}");
                }

                step();
            }));
    }

    private void Refuse(Session session)
    {
        if (session.Arguments.GetValue(resume) || session.Arguments.GetValue(force))
        {
            throw new UsageException("--resume and --force need --out: without a folder nothing is kept");
        }
    }
}
