using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>What every verb prints under --json is what docs/json.md says, no key more and none less.</summary>
public sealed class JsonSchemaTests : IDisposable
{
    private static readonly string scene = Path.Combine(Repository.Root, "samples", "two-items.png");
    private readonly TemporaryFolder folder = new();
    private readonly SmallByteModels texts = new();
    private readonly SmallModel small = new();

    public void Dispose()
    {
        folder.Dispose();
        texts.Dispose();
        small.Dispose();
    }

    [Theory]
    [InlineData("info", "info demo-vim")]
    [InlineData("info", "info MAMBA")]
    [InlineData("run", "run SCENE")]
    [InlineData("run", "run SCENE SCENE")]
    [InlineData("run", "run INPUT --model VIM")]
    [InlineData("run", "run --text abc --model MAMBA")]
    [InlineData("run", "run --text abc --model MAMBA --generate 2")]
    [InlineData("explain", "explain SCENE --method raw,mamba-lrp --out OUT.png --save OUT.npz")]
    [InlineData("explain", "explain SCENE --mask OUT.mask.png --boxes OUT.json --out OUT.png --original")]
    [InlineData("explain", "explain SCENE --method raw,mamba-lrp --sanity --out OUT.png")]
    [InlineData("explain", "explain SCENE SCENE --out OUT.html")]
    [InlineData("explain", "explain --text abc --model MAMBA --target a --against b --method input-x-gradient")]
    [InlineData("explain", "explain --text abc --model MAMBA --every-position")]
    [InlineData("explain", "explain --text abc --model NEOX")]
    [InlineData("info", "info random:series-tiny")]
    [InlineData("run", "run SERIES --model random:series-tiny")]
    [InlineData("run", "run SERIES#1 --model random:series-tiny")]
    [InlineData("explain", "explain SERIES#0 --model random:series-tiny --method rollout,mamba-lrp --out OUT.png")]
    [InlineData("explain", "explain SERIES --model random:series-tiny-attention --out OUT.html")]
    [InlineData("attention", "attention SERIES#1 --model random:series-tiny --layer 0 --out OUT.png")]
    [InlineData("attention", "attention SCENE --layer 0 --top-channels 2 --out OUT.png")]
    [InlineData("attention", "attention --text abcdef --model MAMBA --layer 0 --blocks 2 --out OUT.png")]
    [InlineData("attention", "attention --text abc --model NEOX --layer 0 --out OUT.png")]
    [InlineData("compare", "compare SCENE --matrices OUT.m.png --out OUT.png")]
    [InlineData("continuation", "continuation --text abc --model MAMBA --generate 2 --method rollout.paper")]
    [InlineData("knockout", "knockout --text abc --model MAMBA --layers 0")]
    [InlineData("knockout", "knockout --text abc --model MAMBA --taps")]
    [InlineData("evaluate", "evaluate series perturbation --data SERIES --model random:series-tiny --method mamba-lrp")]
    [InlineData("evaluate", "evaluate pointing --data fashion-scenes:two-items:2 --method mamba-lrp")]
    [InlineData("evaluate", "evaluate segmentation --data fashion-scenes:test:2 --method mamba-lrp --slice label")]
    [InlineData("evaluate plan", "evaluate plan segmentation --data fashion-scenes:test:2")]
    [InlineData("bench", "bench --model VIM --threads 1")]
    public void Every_verb_prints_what_is_documented(string table, string line)
    {
        var run = CliRun.Successful([.. line.Split(' ').Select(Word), "--json"]);
        var document = JsonNode.Parse(run.Out)!.AsObject();
        JsonSchema.Check(document, table);
    }

    [Fact]
    public void Errors_are_documents_on_stderr()
    {
        foreach (var (line, code, kind) in new[]
        {
            ("run nothing.png", 2, "bad-input"), ("explain", 1, "usage"), ("run SCENE --top none", 1, "usage"),
            ("explian a.png", 1, "usage"),
        })
        {
            var run = CliRun.Of([.. line.Split(' ').Select(Word), "--json"]);
            Assert.Equal(code, run.ExitCode);
            Assert.Empty(run.Out);
            var error = JsonNode.Parse(run.Error.TrimEnd().Split('\n')[^1])!;
            Assert.Equal((1, code, kind), ((int)error["schema"]!, (int)error["error"]!["exit_code"]!, (string?)error["error"]!["kind"]));
            Assert.NotEmpty((string)error["error"]!["message"]!);
        }
    }

    [Fact]
    public void Words_that_are_nearly_right_are_answered_with_the_right_ones()
    {
        CliRun.Of("explian", "a.png").AssertFailed(1, "no verb explian", "did you mean explain");
        CliRun.Of("evaluate", "segmentatoin").AssertFailed(1, "did you mean segmentation");
        CliRun.Of("evaluate", "segmentation", "--modle", "demo-vim").AssertFailed(1, "no option --modle", "did you mean --mode");
        CliRun.Of("run", scene, "--model", "demo-vin").AssertFailed(2, "did you mean demo-vim");
        CliRun.Of("explain", scene, "--methd", "raw").AssertFailed(1, "no option --methd", "did you mean --method");
        CliRun.Of("explain", scene, "--method", "mamba-lpr").AssertFailed(1, "did you mean mamba-lrp");
        CliRun.Of("explain", scene, "--target", "Sandel").AssertFailed(2, "Sandal");
    }

    [Fact]
    public void Npz_files_hold_the_arrays_of_safetensors()
    {
        var (npz, tensors) = (folder.File("a.npz"), folder.File("a.safetensors"));
        foreach (var file in new[] { npz, tensors })
        {
            CliRun.Successful("explain", scene, "--method", "raw,mamba-lrp", "--save", file, "--out", folder.File("a.png"), "--force");
        }

        using var expected = Checkpoint.Open(tensors);
        using var archive = System.IO.Compression.ZipFile.OpenRead(npz);
        Assert.Equal(
            expected.Tensors.Keys.Order(StringComparer.Ordinal),
            archive.Entries.Select(entry => entry.FullName[..^4]).Order(StringComparer.Ordinal));
        var npy = folder.File("map.npy");
        System.IO.Compression.ZipFileExtensions.ExtractToFile(archive.GetEntry("map.mamba-lrp.npy")!, npy);
        var (shape, values) = NpyReader.Read<float>(npy);
        Assert.Equal(expected.Find("map.mamba-lrp").Shape, shape);
        Assert.Equal(expected.ReadSingles("map.mamba-lrp"), values);
    }

    private string Word(string word) => word switch
    {
        "SCENE" => scene,
        "INPUT" => small.Input(),
        "VIM" => small.Folder,
        "MAMBA" => texts.Mamba,
        "NEOX" => texts.Transformer,
        _ when word.StartsWith("SERIES", StringComparison.Ordinal) => folder.Write(
            "two.ts", "@classLabel true 0 1\n@data\n1,2,?,4:0\n5,3,1,0,2:1\n") + word["SERIES".Length..],
        _ when word.StartsWith("OUT", StringComparison.Ordinal) => folder.File(word),
        _ => word,
    };
}
