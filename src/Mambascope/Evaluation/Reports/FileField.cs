using System.Globalization;

namespace Mambascope.Evaluation.Reports;

/// <summary>One field of a row in a file: a column, or one of the three numbers of an interval column.</summary>
internal sealed class FileField
{
    private readonly int column;
    private readonly Func<ResultCell, double> number;

    private FileField(string name, ResultKind kind, int column, Func<ResultCell, double> number)
        => (Name, Kind, this.column, this.number) = (name, kind, column, number);

    /// <summary>Its name in files.</summary>
    internal string Name { get; }

    /// <summary>Text, number or count; never interval.</summary>
    internal ResultKind Kind { get; }

    /// <summary>The fields of columns, in their order.</summary>
    internal static IReadOnlyList<FileField> Of(ResultColumn[] columns) =>
    [
        .. columns.SelectMany((column, i) => column.Kind != ResultKind.Interval
            ? [new FileField(column.Name, column.Kind, i, cell => cell.Value)]
            : new[]
            {
                new FileField(column.Name, ResultKind.Number, i, cell => cell.Value),
                new FileField(column.Name + "_lower", ResultKind.Number, i, cell => cell.Lower),
                new FileField(column.Name + "_upper", ResultKind.Number, i, cell => cell.Upper),
            }),
    ];

    /// <summary>The words in a row, null where missing.</summary>
    internal string? Words(IReadOnlyList<ResultCell> row) => row[column].Words;

    /// <summary>The number in a row, null where missing.</summary>
    internal double? Number(IReadOnlyList<ResultCell> row) => row[column].Kind is null ? null : number(row[column]);

    /// <summary>The count in a row, null where missing.</summary>
    internal long? Count(IReadOnlyList<ResultCell> row) => row[column].Kind is null ? null : row[column].Things;

    /// <summary>The value in a row as text that reads back to the same value; null where missing.</summary>
    internal string? Exact(IReadOnlyList<ResultCell> row) => Kind switch
    {
        ResultKind.Text => Words(row),
        ResultKind.Count => Count(row)?.ToString(CultureInfo.InvariantCulture),
        _ => Number(row)?.ToString("R", CultureInfo.InvariantCulture),
    };
}
