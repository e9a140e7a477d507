using System.Buffers.Binary;
using System.Formats.Tar;
using System.Text;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Datasets.Tars;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets.Tars;

/// <summary>
/// Tar files that are damaged or meant to do harm: each is refused in one line, in bounded memory, and nothing is written.
/// </summary>
public sealed class HostileTarTests : IDisposable
{
    private const int SizeAt = 124;
    private const int KindAt = 156;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cut_anywhere()
    {
        var whole = TestTars.Bytes(TestTars.Samples(2), TarEntryFormat.Ustar);
        for (var length = 0; length < whole.Length - 512; length += 128)
        {
            Refused(whole[..length], "cut");
        }
    }

    [Theory]
    [InlineData("77777777777\0", "cut off")]
    [InlineData("-0000000001\0", "size")]
    [InlineData("0000000000x\0", "size")]
    [InlineData("binary: huge", "size")]
    [InlineData("binary: negative", "size")]
    [InlineData("binary: 1 TB", "cut off")]
    public void Sizes_that_cannot_be(string size, string words)
    {
        var tar = TestTars.Bytes(TestTars.Samples(1), TarEntryFormat.Ustar);
        var field = tar.AsSpan(SizeAt, 12);
        field.Clear();
        if (size.StartsWith("binary", StringComparison.Ordinal))
        {
            field[0] = 0x80;
            BinaryPrimitives.WriteInt64BigEndian(field[4..], size == "binary: huge" ? long.MaxValue : 1L << 40);
            if (size == "binary: negative")
            {
                field.Fill(0xFF);
            }
        }
        else
        {
            Encoding.ASCII.GetBytes(size, field);
        }

        TestTars.Seal(tar);
        Refused(tar, words);
        Refused(TestTars.Zipped(tar), words == "size" ? "size" : "");
    }

    [Theory]
    [InlineData('1', "link")]
    [InlineData('2', "link")]
    [InlineData('3', "device")]
    [InlineData('6', "pipe")]
    [InlineData('S', "holes")]
    [InlineData('M', "another tar file")]
    [InlineData('Q', "unknown kind Q")]
    [InlineData('\n', "unknown kind")]
    public void Members_that_are_no_files(char kind, string words)
    {
        var tar = TestTars.Bytes(TestTars.Samples(1), TarEntryFormat.Ustar);
        tar[KindAt] = (byte)kind;
        TestTars.Seal(tar);
        Refused(tar, words);
    }

    [Theory]
    [InlineData("/etc/a.png")]
    [InlineData("../a.png")]
    [InlineData("b/../../a.png")]
    [InlineData("..\\a.png")]
    [InlineData("C:\\a.png")]
    public void Names_that_lead_out(string name)
        => Refused(TestTars.Bytes([(name, TestTars.Png(1))], TarEntryFormat.Gnu), "leads out");

    [Fact]
    public void A_name_that_is_no_text()
    {
        var tar = TestTars.Bytes(TestTars.Samples(1), TarEntryFormat.Ustar);
        tar[0] = 0xFF;
        TestTars.Seal(tar);
        Refused(tar, "UTF-8");
        tar.AsSpan(0, 100).Clear();
        TestTars.Seal(tar);
        Refused(tar, "name");
    }

    [Fact]
    public void A_name_with_a_line_end_stays_in_one_line()
    {
        var tar = TestTars.Bytes([("a\nb.png", TestTars.Png(1)), ("a\nb.jpg", TestTars.Png(1))], TarEntryFormat.Ustar);
        Assert.StartsWith("a\nb", TarMembersOf(tar)[0].Name, StringComparison.Ordinal);
        Refused(folder.File("members.tar"));
    }

    [Fact]
    public void Headers_that_ask_for_memory()
    {
        var tar = TestTars.Bytes(TestTars.Samples(1), TarEntryFormat.Ustar);
        foreach (var kind in "xgLK")
        {
            tar[KindAt] = (byte)kind;
            Encoding.ASCII.GetBytes("17777777777\0", tar.AsSpan(SizeAt, 12)); // 2 GB
            TestTars.Seal(tar);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Refused(tar, "expected at most");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    [Theory]
    [InlineData("99 path=a\n")]
    [InlineData("9 path=a")]
    [InlineData("x path=a\n")]
    [InlineData("-1 path=a\n")]
    [InlineData("9 patha\n\n")]
    [InlineData("11 size=-1\n")]
    [InlineData("14 size=many!\n")]
    [InlineData("22 GNU.sparse.major=1\n")]
    [InlineData("21 path=../../a.png\n\n")]
    public void Pax_headers_that_are_none(string content)
        => Refused(Behind('x', Encoding.ASCII.GetBytes(content)), "");

    [Fact]
    public void Names_that_are_there_twice()
    {
        Refused(TestTars.Bytes([("a.png", TestTars.Png(1)), ("a.png", TestTars.Png(2))]), "twice");
        Refused(TestTars.Bytes([("a.png", TestTars.Png(1)), ("./a.jpg", TestTars.Png(2))]), "another picture of that name");
        Refused(TestTars.Bytes([("a.png", TestTars.Png(1)), ("a.cls", [49]), ("a.cls", [50])]), "twice");
    }

    [Fact]
    public void What_belongs_to_some_pictures_only()
    {
        Refused(TestTars.Bytes([("a.png", TestTars.Png(1)), ("a.cls", [49]), ("b.png", TestTars.Png(2))]), "label");
        Refused(TestTars.Bytes([("a.png", TestTars.Png(1)), ("a.mask.png", [49]), ("b.png", TestTars.Png(2))]), "mask");
        Refused(TestTars.Bytes([("a.png", TestTars.Png(1)), ("a.cls", [49]), ("b.cls", [49])]), "no picture");
    }

    [Fact]
    public void Files_without_pictures()
    {
        Refused(new byte[1024], "found no files");
        Refused(TestTars.Bytes([("a.txt", [1]), ("2020.01.png", [1])]), "first dot", "a.txt");
        Refused(TestTars.Bytes([("n01440764.tar", [1]), ("n01443537.tar", [1])]), "tar file of tar files");
        Refused(Encoding.UTF8.GetBytes(new string('a', 2000)), "no tar header");
        Refused([], "cut off, or no tar file");
        Refused([0x1F, 0x8B, 1, 2, 3], "cannot be unpacked");
        File.Delete(folder.File("hostile.tar"));
        Assert.Contains("found none", Refused($"webdataset:{folder.Path}"), StringComparison.Ordinal);
        Assert.Contains("not found", Refused($"webdataset:{folder.File("absent.tar")}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_put_behind_each_other()
    {
        var one = TestTars.Bytes(TestTars.Samples(1), TarEntryFormat.Ustar);
        Refused([.. one, .. one], "something follows the end");
        Assert.Equal(3, TarMembersOf([.. one, .. new byte[9000]]).Count);
    }

    [Fact]
    public void More_members_than_memory_is_for()
    {
        var tar = TestTars.Bytes(TestTars.Samples(4), TarEntryFormat.Ustar);
        using var file = TarBytes.Open(folder.Write("many.tar", tar));
        Assert.Equal(4, TarPictures.Read(file, most: 12).Count);
        Assert.Contains(
            "more than 11 members", TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TarPictures.Read(file, most: 11))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s-{.tar")]
    [InlineData("s-}.tar{1..2}}")]
    [InlineData("s-{1..}.tar")]
    [InlineData("s-{2..1}.tar")]
    [InlineData("s-{1}.tar")]
    [InlineData("s-{{1..2},3}.tar")]
    [InlineData("s-{0..999999999}.tar")]
    [InlineData("s-{0..9999}{0..9999}.tar")]
    [InlineData("")]
    public void Patterns_that_are_none(string pattern) => Refused($"webdataset:{pattern}");

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"a.tar\": -1, \"b.tar\": 1}")]
    [InlineData("{\"a.tar\": 1e99, \"b.tar\": 1}")]
    [InlineData("{\"a.tar\": ")]
    [InlineData("{\"a.tar\": 1073741824, \"b.tar\": 1073741824}")]
    public void Sizes_that_are_none(string sizes)
    {
        folder.WriteTar("a.tar", TestTars.Samples(1));
        folder.WriteTar("b.tar", TestTars.Samples(1));
        folder.Write("sizes.json", sizes);
        Assert.Contains("sizes.json", Refused($"webdataset:{folder.Path}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.cls", "seven", "the classes are zero")]
    [InlineData("a.cls", "9", "expected a class")]
    [InlineData("a.json", "{\"label\": ", "not JSON")]
    public void Classes_that_are_none(string name, string content, string words)
    {
        var path = folder.WriteTar("a.tar", [("a.png", TestTars.Png(1)), (name, Encoding.UTF8.GetBytes(content))]);
        var error = Assert.Throws<BadInputException>(() => DatasetSpecification.Open(path, TestTars.Options).Read(0));
        Assert.Contains(words, TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    private static byte[] Behind(char kind, byte[] content)
    {
        var tar = TestTars.Bytes([("header", content)], TarEntryFormat.Ustar);
        tar[KindAt] = (byte)kind;
        TestTars.Seal(tar);
        return [.. tar.AsSpan(0, 1024), .. TestTars.Bytes(TestTars.Samples(1), TarEntryFormat.Ustar)];
    }

    private List<TarMember> TarMembersOf(byte[] bytes)
    {
        using var file = TarBytes.Open(folder.Write("members.tar", bytes));
        return [.. TarMembers.Read(file)];
    }

    private void Refused(byte[] bytes, params ReadOnlySpan<string> words)
    {
        var message = Refused(folder.Write("hostile.tar", bytes));
        foreach (var word in words)
        {
            Assert.Contains(word, message, StringComparison.Ordinal);
        }

        Assert.Equal(["hostile.tar"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    private static string Refused(string word)
        => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => DatasetSpecification.Open(word, TestTars.Options)));
}
