using Mambascope.Evaluation.Results;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets.Tars;

/// <summary>Parts of a run over many tar files take whole ones, and together make the file of an undisturbed run.</summary>
public sealed class TarPartsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2, "0,2,4|1,3")]
    [InlineData(5, "0|1|2|3|4")]
    public void Parts_take_whole_files_and_merge_to_the_bytes_of_one_run(int parts, string expected)
    {
        var sizes = (int[])[3, 1, 2, 4, 2];
        var first = 0;
        foreach (var (i, size) in sizes.Index())
        {
            folder.WriteTar($"s-{i}.tar", TestTars.Samples(size, first));
            first += size;
        }

        var whole = Evaluate("whole");
        var files = expected.Split('|');
        for (var part = 0; part < parts; part++)
        {
            var path = Evaluate($"part{part}", "--shard", $"{part}/{parts}");
            var settings = ResultFile.Read(path).Settings;
            Assert.Equal(
                files[part].Split(',').Select(int.Parse).Select(file => new CaseBlock(sizes.Take(file).Sum(), sizes[file])),
                settings.Blocks);
            Cut(path);
            Evaluate($"part{part}", "--shard", $"{part}/{parts}", "--resume");
        }

        CliRun.Successful(
            [
                "evaluate", "merge", .. Enumerable.Range(0, parts).Select(part => folder.File($"part{part}")), "--out",
                folder.File("merged"),
            ]);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(Path.Combine(folder.File("merged"), "results.jsonl")));
    }

    [Fact]
    public void More_parts_than_files_share_out_pictures()
    {
        folder.WriteTar("s-0.tar", TestTars.Samples(3));
        folder.WriteTar("s-1.tar", TestTars.Samples(3, 3));
        var settings = ResultFile.Read(Evaluate("part", "--shard", "1/3")).Settings;
        Assert.Null(settings.Blocks);
        Assert.Equal([1, 4], settings.Units);
    }

    [Fact]
    public void Parts_that_were_divided_in_different_ways_are_refused()
    {
        for (var i = 0; i < 3; i++)
        {
            folder.WriteTar($"s-{i}.tar", TestTars.Samples(2, 2 * i));
        }

        var (one, two) = (Evaluate("one", "--shard", "0/2"), Evaluate("two", "--shard", "1/2"));

        // As if the second part had been dealt out picture by picture.
        var lines = File.ReadAllText(two);
        File.WriteAllText(two, lines.Replace("\"blocks\":[[2,2]]", "\"blocks\":[[1,2]]", StringComparison.Ordinal)
            .Replace("\"picture\":2,", "\"picture\":1,", StringComparison.Ordinal)
            .Replace("\"image\":2,", "\"image\":1,", StringComparison.Ordinal)
            .Replace("\"picture\":3,", "\"picture\":2,", StringComparison.Ordinal)
            .Replace("\"image\":3,", "\"image\":2,", StringComparison.Ordinal));
        CliRun.Of("evaluate", "merge", one, two, "--out", folder.File("merged")).AssertFailed(2, "divided in different ways");
    }

    [Theory]
    [InlineData("[[0,7]]")]
    [InlineData("[[-1,2]]")]
    [InlineData("[[2,2],[1,2]]")]
    [InlineData("[[0,0]]")]
    [InlineData("[[0,2147483647],[2147483647,2147483647]]")]
    [InlineData("[1]")]
    [InlineData("[[1]]")]
    [InlineData("7")]
    public void Blocks_that_cannot_be(string blocks)
    {
        folder.WriteTar("s-0.tar", TestTars.Samples(1));
        folder.WriteTar("s-1.tar", TestTars.Samples(1, 1));
        var path = Evaluate("part", "--shard", "0/2");
        File.WriteAllText(
            path, File.ReadAllText(path).Replace("\"blocks\":[[0,1]]", $"\"blocks\":{blocks}", StringComparison.Ordinal));
        TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => ResultFile.Read(path)));
    }

    // As a kill in the middle of a line leaves it.
    private static void Cut(string path)
    {
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length - 40)]);
    }

    private string Evaluate(string output, params string[] more)
    {
        CliRun.Successful(
        [
            "evaluate", "complexity", "--model", Golden.Path("vim-micro"), "--data", $"webdataset:{folder.Path}", "--method", "raw",
            "--out", folder.File(output), .. more,
        ]);
        return Path.Combine(folder.File(output), "results.jsonl");
    }
}
