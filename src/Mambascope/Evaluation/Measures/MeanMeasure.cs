using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;

namespace Mambascope.Evaluation.Measures;

/// <summary>
/// A measure whose data-set figures are means over cases of what its records hold: the table, the rankings and the slices follow from the
/// list of figures.
/// </summary>
/// <typeparam name="TCase">What is measured.</typeparam>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public abstract class MeanMeasure<TCase, TRecord> : CaseMeasure<TCase, TRecord>
    where TCase : Case
{
    /// <summary>Over the table.</summary>
    protected abstract string Title { get; }

    /// <summary>What the columns mean and what the controls score, for a reader of the table.</summary>
    protected abstract string Note { get; }

    /// <summary>The columns of the table, the most telling figure first.</summary>
    protected abstract IReadOnlyList<MeanFigure<TRecord>> Columns { get; }

    /// <summary>How many of the maps of a record ranked nothing: 0 or 1, and up to 2 where a case is explained twice.</summary>
    protected abstract int Degenerate(TRecord record);

    /// <summary>Columns that are no means: each with its value for the records of a model and method.</summary>
    protected virtual IReadOnlyList<(ResultColumn Column, Func<IReadOnlyList<TRecord>, ResultCell> Value)> OtherColumns => [];

    /// <inheritdoc/>
    public sealed override IReadOnlyList<MeasureFigure> Figures
        => [.. Columns.Where(figure => figure.IsHigherBetter is not null).Select(figure => new MeasureFigure(
            figure.Name, $"{figure.Heading}, {(figure.IsHigherBetter!.Value ? "higher" : "lower")} is better", figure.IsHigherBetter.Value,
            lines => figure.Of(lines.Name, Records(lines)),
            line => figure.PerCase([line.As<TRecord>()])[0]) { IsDefined = line => figure.Where?.Invoke(line.As<TRecord>()) ?? true })];

    /// <inheritdoc/>
    public sealed override ResultTable Table(IReadOnlyList<MethodLines> methods)
    {
        var table = new ResultTable(
            Title,
            [
                new("model", ResultKind.Text), new("method", ResultKind.Text), new(Kind.Plural, ResultKind.Count),
                .. Columns.Select(figure => new ResultColumn(figure.Name, ResultKind.Interval)
                {
                    Heading = figure.Heading,
                    Unit = figure.IsShare ? "%" : null,
                    Decimals = figure.Decimals,
                }),
                .. OtherColumns.Select(other => other.Column),
                new("degenerate", ResultKind.Count) { Heading = "maps that say nothing" },
            ])
        {
            Note = $"{Note} Means over {Kind.Plural} with 95 % intervals (bootstrap over {Kind.Plural}).",
        };
        foreach (var method in methods)
        {
            var records = Records(method);
            table.Add(
                [
                    ResultCell.Text(method.Model), ResultCell.Text(method.Method), ResultCell.Count(records.Length),
                    .. Columns.Select(figure => figure.In(records) is { Count: > 0 } having
                        ? ResultCell.Interval(figure.Of("", having).Interval(), figure.IsShare ? 100 : 1)
                        : ResultCell.Missing),
                    .. OtherColumns.Select(other => other.Value(records)),
                    ResultCell.Count(records.Sum(Degenerate)),
                ]);
        }

        return table;
    }
}
