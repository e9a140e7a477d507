namespace Mambascope.Evaluation.Reports;

/// <summary>
/// Results as rows under named columns, whatever was measured: what <see cref="CsvTable"/>, <see cref="JsonTable"/> and
/// <see cref="ParquetTable"/> write and a report shows.
/// </summary>
public sealed class ResultTable
{
    private readonly ResultColumn[] columns;
    private readonly List<ResultCell[]> rows = [];

    /// <summary>An empty table.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="columns">At least one; the names they have in files must differ.</param>
    /// <exception cref="ArgumentException">No columns, or two of one name.</exception>
    public ResultTable(string title, params ReadOnlySpan<ResultColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(title);
        (Title, this.columns) = (title, columns.ToArray());
        Fields = FileField.Of(this.columns);
        if (Fields.Count == 0)
        {
            throw new ArgumentException("A table needs at least one column", nameof(columns));
        }

        if (Fields.GroupBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two columns would be called {twice.Key} in a file", nameof(columns));
        }
    }

    /// <summary>What it shows.</summary>
    public string Title { get; }

    /// <summary>How to read it, for a reader: what an interval is, what the controls are; or null.</summary>
    public string? Note { get; init; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<ResultColumn> Columns => columns;

    /// <summary>The rows, each with a cell for every column.</summary>
    public IReadOnlyList<IReadOnlyList<ResultCell>> Rows => rows;

    /// <summary>What a file holds: an interval column is three fields there.</summary>
    internal IReadOnlyList<FileField> Fields { get; }

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One for every column, of its kind or missing.</param>
    /// <exception cref="ArgumentException">Too many or too few cells, or one of another kind.</exception>
    public ResultTable Add(params ReadOnlySpan<ResultCell> cells)
    {
        if (cells.Length != columns.Length)
        {
            throw new ArgumentException($"The table has {columns.Length} columns, the row {cells.Length} cells", nameof(cells));
        }

        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Kind is { } kind && kind != columns[i].Kind)
            {
                throw new ArgumentException($"Column {columns[i].Name} holds {columns[i].Kind}, the cell {kind}", nameof(cells));
            }
        }

        rows.Add(cells.ToArray());
        return this;
    }
}
