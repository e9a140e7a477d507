using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Robustness;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>A model and its explanations, group by group.</summary>
internal sealed class AuditVerb : MeasureVerb
{
    private const string Page = "audit.html";

    private readonly Option<double?> radius = OptionKinds.Share(
        "--radius",
        "SHARE",
        $"Greatest change of a pixel in the copies, as a share of the way from black to white [default: {MaxSensitivity.StandardRadius}]");
    private readonly Option<int?> samples = OptionKinds.Whole(
        "--samples", "N", $"Changed copies of each picture [default: {MaxSensitivity.StandardSamples}]", 1);

    internal AuditVerb()
        : base(
            "audit",
            "Does a model, and do its explanations, serve all groups alike? Accuracy, calibration, robustness, relevance beside the object",
            PictureInput.Any())
    {
        Add(radius);
        Add(samples);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate audit --model my-vim/ --data pictures/ --data-labels labels.csv --columns patients.csv --out audit",
            "every column of patients.csv is a way to group pictures; audit/audit.html is the page to read"),
        ("mambascope evaluate audit --data fashion-scenes:test:100 --slice label", "the shipped model, by class"),
        (
            "mambascope evaluate audit --model demo-shortcut --model demo-vim --data fashion-scenes-marked:test:200 --out audit",
            "a model with a planted shortcut beside an honest one"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Groups are those of every column of --columns, or of --slice. A difference is that of a group to all other pictures, with "
            + "its 95 %\ninterval; of twenty without any true difference one is expected to look separated. A calibration error cannot "
            + "be below 0, so\n"
            + "that small groups look worse than large ones. The page also holds each group against the other pictures of its class: where "
            + "accuracy\ndrops there, the model goes by the column or by what comes with it. NAME.mark.png beside a picture, white where a "
            + "mark stands or may\nstand, gives the share of relevance there. Each picture is explained 1 + N times.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
    {
        var reach = session.Arguments.GetValue(radius) ?? MaxSensitivity.StandardRadius;
        return reach is > 0 and <= 1
            ? new AuditMeasure(reach, session.Arguments.GetValue(samples) ?? MaxSensitivity.StandardSamples)
            : throw new UsageException($"--radius {reach}: expected a number above 0 and at most 1");
    }

    /// <inheritdoc/>
    private protected override IReadOnlyList<string> Slices(IReadOnlyList<ResultLine> lines)
        => [.. lines.SelectMany(line => line.Columns.Keys).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc/>
    private protected override void Conclude(
        Session session, EvaluationSettings settings, IReadOnlyList<ResultLine> lines, IReadOnlyList<string> slices, string? folder)
    {
        if (folder is null || settings.Shards > 1)
        {
            return;
        }

        var path = Path.Combine(folder, Page);
        var page = session.Progress.During("writing the page", () => AuditReport.Create(settings, MethodLines.Of(lines), slices));
        Interruption.Shield(() => page.Save(path));
        session.Note($"wrote {path}");
    }
}
