using System.Text.Json.Nodes;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// A test whose data-set figures are means over images or questions of what its records hold: the table, the rankings and the slices follow from the
/// list of figures.
/// </summary>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public abstract class RecordTest<TRecord> : IEvaluationTest
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public abstract JsonObject Options { get; }

    /// <summary>What means are over, several of them.</summary>
    protected virtual string Units => "images";

    /// <summary>Over the table.</summary>
    protected abstract string Title { get; }

    /// <summary>What the columns mean and what the controls score, for a reader of the table.</summary>
    protected abstract string Note { get; }

    /// <summary>The columns of the table, the most telling figure first.</summary>
    protected abstract IReadOnlyList<RecordFigure<TRecord>> Columns { get; }

    /// <summary>Whether a map ranked nothing.</summary>
    protected abstract bool IsDegenerate(TRecord record);

    /// <summary>Columns that are no means: each with its value for the records of a model and method.</summary>
    protected virtual IReadOnlyList<(ResultColumn Column, Func<IReadOnlyList<TRecord>, ResultCell> Value)> OtherColumns => [];

    /// <inheritdoc/>
    public IReadOnlyList<TestFigure> Figures
        => [.. Columns.Where(figure => figure.IsHigherBetter is not null).Select(figure => new TestFigure(
            figure.Name, $"{figure.Heading}, {(figure.IsHigherBetter!.Value ? "higher" : "lower")} is better", figure.IsHigherBetter.Value,
            lines => figure.Of($"{lines.Model} {lines.Method}", Records(lines)),
            line => figure.PerImage([line.As<TRecord>()])[0]) { IsDefined = line => figure.Where?.Invoke(line.As<TRecord>()) ?? true })];

    /// <inheritdoc/>
    public ResultTable Table(IReadOnlyList<MethodLines> methods)
    {
        var table = new ResultTable(
            Title,
            [
                new("model", ResultKind.Text), new("method", ResultKind.Text), new(Units, ResultKind.Count),
                .. Columns.Select(figure => new ResultColumn(figure.Name, ResultKind.Interval) { Heading = figure.Heading, Unit = figure.IsShare ? "%" : null, Decimals = figure.Decimals }),
                .. OtherColumns.Select(other => other.Column),
                new("degenerate", ResultKind.Count) { Heading = "maps that say nothing" },
            ])
        {
            Note = $"{Note} Means over {Units} with 95 % intervals (bootstrap over {Units}).",
        };
        foreach (var method in methods)
        {
            var records = Records(method);
            table.Add(
                [
                    ResultCell.Text(method.Model), ResultCell.Text(method.Method), ResultCell.Count(records.Length),
                    .. Columns.Select(figure => figure.In(records) is { Count: > 0 } having ? ResultCell.Interval(figure.Of("", having).Interval(), figure.IsShare ? 100 : 1) : ResultCell.Missing),
                    .. OtherColumns.Select(other => other.Value(records)),
                    ResultCell.Count(records.Count(IsDegenerate)),
                ]);
        }

        return table;
    }

    /// <inheritdoc/>
    public virtual IReadOnlyList<TestCurves> Curves(IReadOnlyList<MethodLines> methods) => [];

    /// <summary>The records of a model and method, in the order of the data.</summary>
    protected static TRecord[] Records(MethodLines lines) => [.. lines.Lines.Select(line => line.As<TRecord>())];
}

/// <summary>A mean over images or questions.</summary>
/// <param name="Name">In files.</param>
/// <param name="Heading">For people.</param>
/// <param name="IsHigherBetter">Which way is good; null for a figure that ranks nothing.</param>
/// <param name="PerImage">The figure of each of a model and method's images or questions. Most look at one record at a time.</param>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public sealed record RecordFigure<TRecord>(string Name, string Heading, bool? IsHigherBetter, Func<IReadOnlyList<TRecord>, double[]> PerImage)
{
    /// <summary>A figure of one record.</summary>
    public RecordFigure(string name, string heading, bool? isHigherBetter, Func<TRecord, double> value)
        : this(name, heading, isHigherBetter, records => [.. records.Select(value)])
    {
    }

    /// <summary>Shown as a percentage.</summary>
    public bool IsShare { get; init; }

    /// <summary>Decimals in tables.</summary>
    public int Decimals { get; init; } = 3;

    /// <summary>The records that the figure is defined for, and the mean is over; null for all.</summary>
    public Func<TRecord, bool>? Where { get; init; }

    /// <summary>Those of some records that have the figure.</summary>
    public IReadOnlyList<TRecord> In(IReadOnlyList<TRecord> records) => Where is null ? records : [.. records.Where(Where)];

    /// <summary>The figure over images or questions, all of which have it.</summary>
    public Measured Of(string name, IReadOnlyList<TRecord> records) => Measured.Mean(name, PerImage(records));
}
