using System.Text.Json.Nodes;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Xunit;

namespace Mambascope.Tests.Evaluation.Results;

/// <summary>Files of results: cut anywhere, they go on to the same bytes; shards make one; what does not fit is refused in words.</summary>
public sealed class ResultFileTests : IDisposable
{
    private static readonly EvaluationSettings settings = new(
        "segmentation",
        new JsonObject { ["threshold"] = "mean" },
        "data",
        7,
        [new("m", "abc")],
        [
            ["raw", "random"],
        ],
        ExplainedClass.Predicted,
        Seed: 3);
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_cut_at_any_byte_goes_on_to_the_same_bytes()
    {
        var whole = Write("whole.jsonl", settings);
        var expected = File.ReadAllBytes(whole);
        var path = Path.Combine(folder, "cut.jsonl");
        for (var length = 0; length <= expected.Length; length++)
        {
            File.WriteAllBytes(path, expected[..length]);
            using (var file = ResultFile.Resume(path, settings))
            {
                Append(file, settings, file.Done);
            }

            Assert.Equal(expected, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void What_was_written_reads_back()
    {
        var (read, lines) = ResultFile.Read(Write("whole.jsonl", settings));
        Assert.Equal(settings.ToLine(), read.ToLine());
        Assert.Equal(14, lines.Count);
        Assert.Equal(Line(settings, 5, "random").ToLine(), lines[11].ToLine());
        Assert.Equal("a \"b\", ü", lines[0].Columns["site"]);
    }

    [Fact]
    public void Shards_in_any_order_make_the_file_of_one_run()
    {
        var paths = Enumerable.Range(0, 3).Select(i => Write($"part{i}.jsonl", settings with { Shard = i, Shards = 3 })).ToArray();
        var merged = Path.Combine(folder, "merged.jsonl");
        ResultFile.Merge([paths[2], paths[0], paths[1]], merged);
        Assert.Equal(File.ReadAllBytes(Write("whole.jsonl", settings)), File.ReadAllBytes(merged));

        Refused(() => ResultFile.Merge([paths[0], paths[1]], merged), "shard 0/3", "2 files");
        Refused(() => ResultFile.Merge([paths[0], paths[1], paths[1]], merged), "same shard");
        Refused(
            () => ResultFile.Merge([paths[0], paths[1], Write("other.jsonl", settings with { Shard = 2, Shards = 3, Seed = 4 })], merged),
            "another run");
        File.WriteAllLines(paths[2], File.ReadAllLines(paths[2])[..^1]);
        Refused(() => ResultFile.Merge(paths, merged), "not finished");
    }

    [Fact]
    public void Another_run_is_not_gone_on_with()
    {
        var path = Write("whole.jsonl", settings);
        var before = File.ReadAllBytes(path);
        Refused(() => ResultFile.Resume(path, settings with { Models = [new("m", "other weights")] }).Dispose(), "other settings");
        Refused(() => ResultFile.Create(path, settings, mayReplace: false).Dispose(), "exists already");
        using (ResultFile.Resume(path, settings))
        {
            Refused(() => ResultFile.Resume(path, settings).Dispose(), "cannot be written");
        }

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Damage_before_the_end_is_named_with_its_line()
    {
        var path = Write("whole.jsonl", settings);
        var lines = File.ReadAllLines(path);
        lines[4] = lines[4].Replace("\"image\":1", "\"image\":2", StringComparison.Ordinal);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        Refused(() => ResultFile.Resume(path, settings).Dispose(), "line 5", "image 2", "image 1");
        lines[4] = "{}";
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        Refused(() => ResultFile.Resume(path, settings).Dispose(), "line 5");
        File.WriteAllText(path, "hello\n");
        Refused(() => ResultFile.Resume(path, settings).Dispose(), "does not begin with the settings");
        Refused(() => ResultFile.Read(path), "does not begin with the settings");
    }

    [Theory]
    [InlineData(3, "\"model\":\"m\"", "\"model\":\"n\"", "was expected")]
    [InlineData(3, "\"method\":\"random\"", "\"method\":\"raw\"", "was expected")]
    [InlineData(3, "ü", "\\ud800", "not a result line")]
    [InlineData(3, "ü", "u", "columns of image 0")]
    [InlineData(3, "scene 0", "scene 9", "name, label or columns")]
    [InlineData(2, "\"prediction\":1", "\"prediction\":-1", "an answer is negative")]
    [InlineData(2, "\"prediction\":1", "\"prediction\":99999999999", "not a result line")]
    [InlineData(2, "\"image\":0", "\"question\":0", "of images")]
    [InlineData(2, "\"record\":{", "\"record\":[{", "not a result line")]
    [InlineData(2, "\"columns\":{", "\"columns\":null,\"x\":{", "not a result line")]
    [InlineData(1, "\"images\":7", "\"images\":-7", "settings")]
    [InlineData(1, "\"images\":7", "\"images\":6", "which is all", 14)]
    [InlineData(1, "\"shards\":1", "\"shards\":0", "settings")]
    [InlineData(1, "\"methods\":[\"raw\"", "\"methods\":[\"random\"", "settings")]
    [InlineData(1, "\"explained\":\"predicted\"", "\"explained\":\"hoped\"", "settings")]
    [InlineData(1, "\"data\":\"data\"", "\"data\":\"\\udc00\"", "settings")]
    [InlineData(1, "\"seed\":3", "\"seed\":3e99", "settings")]
    public void Every_way_in_names_the_damaged_line(int line, string old, string @new, string said, int? named = null)
    {
        var path = Write("whole.jsonl", settings);
        var lines = File.ReadAllLines(path);
        Assert.Contains(old, lines[line - 1], StringComparison.Ordinal);
        lines[line - 1] = lines[line - 1].Replace(old, @new, StringComparison.Ordinal);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        var where = $"line {named ?? line}:";
        Refused(() => ResultFile.Read(path), where, said);
        Refused(() => ResultFile.Merge([path], Path.Combine(folder, "merged.jsonl")), where, said);
        Refused(() => ResultFile.Resume(path, settings).Dispose(), where, said);
    }

    [Fact]
    public void A_case_that_was_left_out_keeps_its_place_and_its_reason()
    {
        var path = Path.Combine(folder, "left.jsonl");
        using (var file = ResultFile.Create(path, settings, mayReplace: false))
        {
            file.Append(new(settings.Kind, 0, "a", [Line(settings, 0, "raw"), Line(settings, 0, "random")]));
            file.Append(new(settings.Kind, 1, "b", [], "b: \"damaged\""));
        }

        var stored = ResultFile.Read(path);
        Assert.Equal(2, stored.Lines.Count);
        var left = Assert.Single(stored.LeftOut);
        Assert.Equal((1, "b", "b: \"damaged\""), (left.Index, left.Id, left.LeftOut));
        using var resumed = ResultFile.Resume(path, settings);
        Assert.Equal(2, resumed.Done);
    }

    private static void Refused(Action action, params string[] said)
    {
        var message = Assert.Throws<BadInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    private string Write(string name, EvaluationSettings of)
    {
        var path = Path.Combine(folder, name);
        using var file = ResultFile.Create(path, of, mayReplace: true);
        Append(file, of, 0);
        return path;
    }

    private static void Append(ResultFile file, EvaluationSettings of, int done)
    {
        foreach (var image in of.Units.Skip(done))
        {
            file.Append(new(of.Kind, image, $"scene {image}", [Line(of, image, "raw"), Line(of, image, "random")]));
        }
    }

    private static ResultLine Line(EvaluationSettings of, int image, string method)
        => new(
            of.Kind,
            image,
            $"scene {image}",
            of.Models[0].Name,
            method,
            image % 2,
            1,
            1,
            new Dictionary<string, string> { ["site"] = "a \"b\", ü" },
            new() { ["value"] = image / 3.0 });
}
