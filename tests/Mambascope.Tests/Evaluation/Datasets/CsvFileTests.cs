using Mambascope.Evaluation.Datasets;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class CsvFileTests
{
    [Theory]
    [InlineData("a,b\nc,d\n", "a|b;c|d")]
    [InlineData("a,b\r\nc,d", "a|b;c|d")]
    [InlineData("\n\na,\n\n,b\n", "a|;|b")]
    [InlineData("\"a,1\",\"b\"\"2\"\n", "a,1|b\"2")]
    [InlineData("\"two\r\nlines\",x", "two\r\nlines|x")]
    [InlineData("\"\"\n", "")]
    [InlineData("\"ends with\r\"\r\nb", "ends with\r;b")]
    [InlineData(" a , b ", " a | b ")]
    [InlineData("5\" wide,b", "5\" wide|b")]
    public void Fields_are_split(string text, string expected)
        => Assert.Equal(expected, string.Join(';', CsvFile.Parse(text, "test").Select(row => string.Join('|', row))));

    [Fact]
    public void Nothing_has_no_rows() => Assert.Empty(CsvFile.Parse("", "test"));

    [Fact]
    public void A_quote_left_open_is_refused_with_its_line()
        => Assert.Contains(
            "line 2",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => CsvFile.Parse("a\n\"b\nc\n", "test"))),
            StringComparison.Ordinal);

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_header()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("name", CsvFile.Read(folder.Write("a.csv", "\uFEFFname,x\n"))[0][0]);
    }
}
