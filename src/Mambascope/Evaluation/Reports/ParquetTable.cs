using Mambascope.Checkpoints;
using Parquet;
using Parquet.Schema;

namespace Mambascope.Evaluation.Reports;

/// <summary>
/// Result tables as Parquet files, which pandas, DuckDB, Polars and Spark read with their types: text, double and int64, all nullable.
/// Equal tables give equal bytes. The title is kept under the key <c>title</c> of the file's metadata.
/// </summary>
public static class ParquetTable
{
    /// <summary>Writes a file, complete or not at all.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static void Save(ResultTable table, string path)
    {
        var bytes = ToBytes(table);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The whole file.</summary>
    public static byte[] ToBytes(ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        using var stream = new MemoryStream();

        // The writer is asynchronous only; into memory it never waits.
        WriteAsync(table, stream).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    private static async Task WriteAsync(ResultTable table, MemoryStream stream)
    {
        var fields = table.Fields.Select(field => new DataField(field.Name, Type(field.Kind), isNullable: true)).ToArray();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        writer.CustomMetadata = new Dictionary<string, string> { ["title"] = table.Title };
        using var group = writer.CreateRowGroup();
        foreach (var (field, column) in table.Fields.Zip(fields))
        {
            await (field.Kind switch
            {
                ResultKind.Text => group.WriteAsync(column, table.Rows.Select(field.Words).ToArray()!),
                ResultKind.Count => group.WriteAsync<long>(column, table.Rows.Select(field.Count).ToArray()),
                _ => group.WriteAsync<double>(column, table.Rows.Select(field.Number).ToArray()),
            });
        }

        group.CompleteValidate();
    }

    private static Type Type(ResultKind kind) => kind switch
    {
        ResultKind.Text => typeof(string),
        ResultKind.Count => typeof(long),
        _ => typeof(double),
    };
}
