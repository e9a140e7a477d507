using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Series;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Inputs.Series;

namespace Mambascope.Cli.Verbs.Evaluate.Series;

/// <summary>Does a map find the steps that are known to matter?</summary>
internal sealed class SeriesPlantedVerb : MeasureVerb
{
    private const string Training = "motifs:2000:train";

    private readonly Option<string?> export = OptionKinds.Text(
        "--export", "FILE.ts", $"Write {Training}, the series to train a model on before it is measured, and end");

    internal SeriesPlantedVerb()
        : base(
            "planted",
            "Planted truth: does a map find the steps that are known to decide the class (mass, AUC, pointing)",
            new SeriesInput())
    {
        Add(export);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate series planted --export motifs.ts", "series to train on: mambascope train --data motifs.ts --out motif-model"),
        (
            "mambascope evaluate series planted --data motifs:500 --model motif-model --model motif-transformer --out table",
            "a Mamba and its attention twin, both trained on motifs.ts"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "The motif set is made anew from a seed each time: noise of 128 steps with one of four motifs of 16 steps at any place, and a "
            + "ramp as\nlarge elsewhere. The label is which motif; only the 16 steps decide it.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.Arguments.GetValue(export) is not { } file)
        {
            base.Execute(session);
            return;
        }

        if (!file.EndsWith(".ts", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{export.Name} {file}: expected a name that ends in .ts");
        }

        OutputFile.Check(file, session.Arguments.GetValue<bool>("--force"), export.Name);
        var set = MotifSet.Open(Training);
        Interruption.Shield(() => TsFile.Write(set.All(), file));
        session.Out.WriteLine($"wrote {file}: {set.Count} series; train on them with mambascope train --data {file} --out FOLDER");
    }

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new SeriesPlantedMeasure();
}
