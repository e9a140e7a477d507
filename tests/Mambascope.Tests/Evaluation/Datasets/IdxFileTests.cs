using System.IO.Compression;
using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class IdxFileTests
{
    private static readonly byte[] TwoByThree = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 15];

    [Fact]
    public void Shape_and_elements_are_read()
    {
        var file = Read(TwoByThree);
        Assert.Equal([2, 3], file.Shape);
        Assert.Equal([10, 11, 12, 13, 14, 15], file.Data);
    }

    [Fact]
    public void Gzip_is_recognised_by_its_content()
    {
        var file = Read(Zip(TwoByThree));
        Assert.Equal([2, 3], file.Shape);
        Assert.Equal([10, 11, 12, 13, 14, 15], file.Data);
    }

    [Theory]
    [InlineData(new byte[] { }, "two zero bytes")]
    [InlineData(new byte[] { 0, 0, 8 }, "two zero bytes")]
    [InlineData(new byte[] { 1, 0, 8, 1, 0, 0, 0, 1, 7 }, "two zero bytes")]
    [InlineData(new byte[] { 0, 0, 13, 1, 0, 0, 0, 1, 7, 7, 7, 7 }, "type 0x08")]
    [InlineData(new byte[] { 0, 0, 8, 0 }, "dimensions, found 0")]
    [InlineData(new byte[] { 0, 0, 8, 9 }, "dimensions, found 9")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1 }, "end of the file in dimension 1")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 0 }, "no empty dimension")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff }, "at most")]
    [InlineData(new byte[] { 0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0 }, "at most")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0x0f, 0xff, 0xff, 0xff, 1, 2 }, "truncated")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 1, 2, 3 }, "more bytes")]
    public void Bad_files_are_refused_with_a_sentence(byte[] content, string expected)
    {
        var plain = Assert.Throws<BadInputException>(() => Read(content));
        Assert.Contains("here.idx", plain.Message, StringComparison.Ordinal);
        Assert.Contains(expected, plain.Message, StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() => Read(Zip(content)));
    }

    [Fact]
    public void Every_truncation_of_a_gzipped_file_is_refused_or_complete()
    {
        var zipped = Zip(TwoByThree);
        for (var length = 0; length < zipped.Length; length++)
        {
            try
            {
                // Losing gzip's end mark and 8-byte trailer may go unnoticed; losing data may not.
                Assert.Equal([10, 11, 12, 13, 14, 15], Read(zipped[..length]).Data);
                Assert.True(length >= zipped.Length - 10, $"cut at {length} of {zipped.Length} went unnoticed");
            }
            catch (BadInputException)
            {
            }
        }
    }

    [Fact]
    public void A_missing_file_is_bad_input() =>
        Assert.Contains(
            "no such file", Assert.Throws<BadInputException>(() => IdxFile.Read("/nowhere/at-all.idx")).Message, StringComparison.Ordinal);

    private static IdxFile Read(byte[] content) => IdxFile.Read(new MemoryStream(content), "here.idx");

    private static byte[] Zip(byte[] content)
    {
        var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(content);
        }

        return stream.ToArray();
    }
}
