using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Tests.Checkpoints;
using Parquet;
using Xunit;

namespace Mambascope.Tests.Evaluation.Reports;

public sealed class ResultTableTests
{
    private const double Awkward = 0.1 + 0.2;

    private static readonly string[] fields = ["method", "auc", "auc_lower", "auc_upper", "time", "n"];

    [Fact]
    public void Csv_reads_back_to_the_same_values()
    {
        var table = Sample();
        var rows = CsvFile.Parse(CsvTable.ToText(table), "test");
        Assert.Equal(fields, rows[0]);
        Assert.Equal(table.Rows.Count + 1, rows.Count);
        for (var i = 0; i < table.Rows.Count; i++)
        {
            var (row, read) = (table.Rows[i], rows[i + 1]);
            Assert.Equal(row[0].Words ?? "", read[0]);
            AssertNumber(row[1].Kind is null ? null : row[1].Value, read[1]);
            AssertNumber(row[1].Kind is null ? null : row[1].Lower, read[2]);
            AssertNumber(row[1].Kind is null ? null : row[1].Upper, read[3]);
            AssertNumber(row[2].Kind is null ? null : row[2].Value, read[4]);
            Assert.Equal(row[3].Kind is null ? "" : row[3].Things.ToString(CultureInfo.InvariantCulture), read[5]);
        }
    }

    [Fact]
    public void Csv_is_this_text()
    {
        var table = new ResultTable("t", new ResultColumn("name", ResultKind.Text), new ResultColumn("x", ResultKind.Number))
            .Add(ResultCell.Text("a,\"b\""), ResultCell.Number(-0.5))
            .Add(ResultCell.Missing, ResultCell.Number(1e-7))
            .Add(ResultCell.Text(""), ResultCell.Missing);
        Assert.Equal("name,x\n\"a,\"\"b\"\"\",-0.5\n,1E-07\n\"\",\n", CsvTable.ToText(table));
    }

    [Fact]
    public void Csv_of_one_column_keeps_its_missing_rows()
    {
        var table = new ResultTable("t", new ResultColumn("x", ResultKind.Number)).Add(ResultCell.Missing).Add(ResultCell.Number(2));
        Assert.Equal(3, CsvFile.Parse(CsvTable.ToText(table), "test").Count);
    }

    [Fact]
    public void The_machines_language_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        var expected = CsvTable.ToText(Sample());
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NegativeSign) = (",", "~");
            CultureInfo.CurrentCulture = other;
            Assert.Equal("~0,5", $"{-0.5}");
            Assert.Equal(expected, CsvTable.ToText(Sample()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Parquet_reads_back_to_the_same_values_and_types()
    {
        var table = Sample();
        var cancel = TestContext.Current.CancellationToken;
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(ParquetTable.ToBytes(table)), cancellationToken: cancel);
        Assert.Equal(fields, reader.Schema.DataFields.Select(field => field.Name));
        Assert.All(reader.Schema.DataFields, field => Assert.True(field.IsNullable));
        Assert.Equal("All methods, über alles", reader.CustomMetadata["title"]);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(table.Rows.Count, group.RowCount);

        var words = new string?[table.Rows.Count];
        await group.ReadAsync(reader.Schema.DataFields[0], words.AsMemory()!, null, cancel);
        Assert.Equal(table.Rows.Select(row => row[0].Words), words);
        Func<ResultCell, double>[] parts = [cell => cell.Value, cell => cell.Lower, cell => cell.Upper];
        for (var part = 0; part < 3; part++)
        {
            var numbers = new double?[table.Rows.Count];
            await group.ReadAsync<double>(reader.Schema.DataFields[1 + part], numbers.AsMemory(), null, cancel);
            Assert.Equal(table.Rows.Select(row => row[1].Kind is null ? (double?)null : parts[part](row[1])), numbers);
        }

        var counts = new long?[table.Rows.Count];
        await group.ReadAsync<long>(reader.Schema.DataFields[5], counts.AsMemory(), null, cancel);
        Assert.Equal(table.Rows.Select(row => row[3].Kind is null ? (long?)null : row[3].Things), counts);
    }

    [Fact]
    public void Equal_tables_are_equal_Parquet_files() => Assert.Equal(ParquetTable.ToBytes(Sample()), ParquetTable.ToBytes(Sample()));

    [Fact]
    public void A_table_without_rows_can_be_written()
    {
        var table = new ResultTable(
            "t", new ResultColumn("a", ResultKind.Text), new ResultColumn("b", ResultKind.Number), new ResultColumn("c", ResultKind.Count));
        Assert.Equal("a,b,c\n", CsvTable.ToText(table));
        Assert.Empty(JsonTable.ToJson(table));
        Assert.NotEmpty(ParquetTable.ToBytes(table));
    }

    [Fact]
    public void Json_has_numbers_as_numbers_and_null_for_what_it_lacks()
    {
        var rows = (JsonArray)JsonNode.Parse(JsonTable.ToJson(Sample()).ToJsonString())!;
        Assert.Equal(fields, rows[0]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(Awkward, (double)rows[0]!["auc"]!);
        Assert.Equal(0.25, (double)rows[0]!["auc_lower"]!);
        Assert.Equal(long.MaxValue, (long)rows[1]!["n"]!);
        Assert.Null(rows[1]!["time"]); // NaN
        Assert.Null(rows[2]!["method"]);
        Assert.Null(rows[2]!["n"]);
        Assert.Equal("<b>\"x\", y\nz", (string)rows[3]!["method"]!);
    }

    [Fact]
    public void Files_are_saved_whole()
    {
        using var folder = new TemporaryFolder();
        var table = Sample();
        CsvTable.Save(table, folder.File("t.csv"));
        JsonTable.Save(table, folder.File("t.json"));
        ParquetTable.Save(table, folder.File("t.parquet"));
        Assert.Equal(CsvTable.ToText(table), File.ReadAllText(folder.File("t.csv")));
        Assert.Equal(table.Rows.Count, ((JsonArray)JsonNode.Parse(File.ReadAllText(folder.File("t.json")))!).Count);
        Assert.Equal(ParquetTable.ToBytes(table), File.ReadAllBytes(folder.File("t.parquet")));
        Assert.Contains(
            "nowhere",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => CsvTable.Save(table, folder.File("nowhere/t.csv")))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_does_not_fit_is_refused()
    {
        var table = Sample();
        Assert.Throws<ArgumentException>(() => table.Add(ResultCell.Text("too short")));
        Assert.Throws<ArgumentException>(() => table.Add(ResultCell.Number(1), ResultCell.Missing, ResultCell.Missing, ResultCell.Missing));
        Assert.Throws<ArgumentException>(() => new ResultTable("t"));
        Assert.Throws<ArgumentException>(() =>
            new ResultTable("t", new ResultColumn("a", ResultKind.Interval), new ResultColumn("a_lower", ResultKind.Number)));
    }

    [Fact]
    public void A_mean_brings_its_interval()
    {
        var cell = ResultCell.Interval(new Bootstrap(0.5, 0.25, 0.75, 40), 100);
        Assert.Equal((ResultKind.Interval, 50.0, 25.0, 75.0), (cell.Kind!.Value, cell.Value, cell.Lower, cell.Upper));
    }

    private static ResultTable Sample()
        => new ResultTable(
            "All methods, über alles", new ResultColumn("method", ResultKind.Text),
            new ResultColumn("auc", ResultKind.Interval), new ResultColumn("time", ResultKind.Number),
            new ResultColumn("n", ResultKind.Count))
            .Add(
                ResultCell.Text("raw, mean"),
                ResultCell.Interval(Awkward, 0.25, double.MaxValue),
                ResultCell.Number(-1e-300),
                ResultCell.Count(0))
            .Add(
                ResultCell.Text(""),
                ResultCell.Interval(-0.0, double.NegativeInfinity, double.PositiveInfinity),
                ResultCell.Number(double.NaN),
                ResultCell.Count(long.MaxValue))
            .Add(ResultCell.Missing, ResultCell.Missing, ResultCell.Missing, ResultCell.Missing)
            .Add(
                ResultCell.Text("<b>\"x\", y\nz"), ResultCell.Interval(1, 0.5, 2), ResultCell.Number(double.Epsilon), ResultCell.Count(-5));

    private static void AssertNumber(double? expected, string read)
    {
        if (expected is null)
        {
            Assert.Equal("", read);
        }
        else
        {
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(expected.Value),
                BitConverter.DoubleToInt64Bits(double.Parse(read, CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void Words_that_a_spreadsheet_would_run_are_made_harmless_and_numbers_stay()
    {
        var table = new ResultTable("t", new ResultColumn("=name", ResultKind.Text), new ResultColumn("x", ResultKind.Number));
        foreach (var words in (string[])["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "plain", "a=b"])
        {
            table.Add(ResultCell.Text(words), ResultCell.Number(-1));
        }

        Assert.Equal("'=name,x\n'=1+2,-1\n'+1,-1\n'-1,-1\n'@SUM(A1),-1\n'\t=1,-1\nplain,-1\na=b,-1\n", CsvTable.ToText(table));
    }
}
