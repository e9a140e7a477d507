using System.CommandLine;
using Mambascope.Evaluation.Runs;

namespace Mambascope.Cli.Evaluating;

/// <summary>A test of explanations over a data set: what all of them share on the command line.</summary>
internal abstract class ImageTestVerb : Verb
{
    private readonly EvaluationOptions evaluation;
    private readonly bool scoresMaps;
    private readonly Option<string?> maps = OptionKinds.Text("--maps", "FILE.safetensors", "Score maps from anywhere, in place of --method and --data: tensors maps (N, rows, columns), with masks (N, H, W) for a test of masks, with images (N, 3, H, W) and labels (N) for the perturbation test");
    private readonly Option<string?> output = OptionKinds.Text("--out", "FOLDER", "Folder for results.jsonl (a line an image, model and method, written as it goes), tables (CSV, JSON, Parquet) and report.html");
    private readonly Option<bool> resume = OptionKinds.Switch("--resume", "Go on with the results in --out after an interruption");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace results in --out");
    private readonly Option<string?> slice = OptionKinds.Text("--slice", "COLUMN", "Also by group: label, prediction, or a column of --columns");

    /// <param name="name">The test's name.</param>
    /// <param name="description">One line.</param>
    /// <param name="scoresMaps">Whether maps from elsewhere can be scored: not where the test explains again.</param>
    protected ImageTestVerb(string name, string description, bool scoresMaps = true) : base(name, description)
    {
        this.scoresMaps = scoresMaps;
        evaluation = new(this);
        foreach (var option in new Option[] { output, resume, force, slice })
        {
            Add(option);
        }

        if (scoresMaps)
        {
            Add(maps);
        }
    }

    /// <summary>The test that the command line asks for.</summary>
    internal abstract ImageTest Test(Session session);

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("evaluate runs in single precision (relevance rules that need double use it by themselves); leave --precision out");
        }

        var test = Test(session);
        if (scoresMaps && session.Arguments.GetValue(maps) is { } file)
        {
            MapsEvaluation.Execute(session, test, file, evaluation);
            return;
        }

        using var opened = evaluation.Open(session, test);
        if (session.Arguments.GetValue(output) is not { } folder)
        {
            Refuse(session);
            var lines = new List<ResultLine>();
            Work(session, opened, first: 0, lines.AddRange);
            Summaries.Print(session, test, opened.Run.Settings, lines, session.Arguments.GetValue(slice), files: []);
            return;
        }

        var path = ResultFolder.Prepare(folder);
        using (var results = session.Arguments.GetValue(resume) ? ResultFile.Resume(path, opened.Run.Settings) : ResultFile.Create(path, opened.Run.Settings, session.Arguments.GetValue(force)))
        {
            Work(session, opened, results.Done, lines => Interruption.Shield(() => results.Append(lines)));
        }

        Summaries.Deliver(session, path, session.Arguments.GetValue(slice), opened);
    }

    private void Refuse(Session session)
    {
        if (session.Arguments.GetValue(resume) || session.Arguments.GetValue(force))
        {
            throw new UsageException("--resume and --force need --out: without a folder nothing is kept");
        }
    }

    /// <summary>Works through the images from the given place on, with progress.</summary>
    internal static void Work(Session session, OpenedEvaluation opened, int first, Action<IReadOnlyList<ResultLine>> finished)
    {
        var settings = opened.Run.Settings;
        var total = settings.Units.Count;
        session.Progress.Counting($"{settings.Test}, {settings.Data}", "images", first, total, step => opened.Run.Run(opened.Workers, first, total, lines =>
        {
            finished(lines);
            step();
        }));
    }
}
