using System.Diagnostics;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly SmallModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Bench_prints_exactly_the_keys_of_the_contract()
    {
        var run = CliRun.Successful("bench", "--model", model.Folder, "--threads", "2", "--json");
        var result = JsonNode.Parse(run.Out)!.AsObject();
        string[] names =
        [
            "forward", "backward", "raw", "rollout", "attribution.official", "attribution.paper", "attribution.exact",
            "mean_matrices", "gemm.17x16x64", "gemm.197x384x1536", "gemm.512x768x3072", "scan", "batched_forward",
            "masked_forward",
        ];
        Assert.Equal(
            [
                "schema",
                "threads",
                "instruction_set",
                "fma_peak_gflops",
                "peak_rss_mb",
                .. names.SelectMany(name => new[] { $"{name}.ms", $"{name}.share_of_peak" }),
                "masked_forward.share_of_batched",
            ],
            result.Select(entry => entry.Key));
        Assert.Equal(2, (int)result["threads"]!);
        Assert.All(names, name => Assert.True((double)result[$"{name}.ms"]! > 0));
        Assert.InRange((double)result["peak_rss_mb"]!, 10, 100_000);
    }

    [Fact]
    public void Bench_times_a_transformer_by_its_own_methods()
    {
        var result = JsonNode
            .Parse(CliRun.Successful("bench", "--model", Golden.Path("deit-micro"), "--threads", "2", "--json").Out)!
            .AsObject();
        string[] names =
        [
            "forward", "backward", "raw", "rollout", "transformer-attribution", "gemm.197x48x144", "gemm.197x48x192",
            "gemm.197x384x1536", "gemm.512x768x3072", "batched_forward", "masked_forward",
        ];
        Assert.Equal(
            [
                "schema",
                "threads",
                "instruction_set",
                "fma_peak_gflops",
                "peak_rss_mb",
                .. names.SelectMany(name => new[] { $"{name}.ms", $"{name}.share_of_peak" }),
                "masked_forward.share_of_batched",
            ],
            result.Select(entry => entry.Key));
        Assert.All(names, name => Assert.True((double)result[$"{name}.ms"]! > 0));

        // 18 pictures of known work: the two figures count the same.
        Assert.Equal(
            (double)result["batched_forward.ms"]! * (double)result["batched_forward.share_of_peak"]!,
            (double)result["masked_forward.ms"]! * (double)result["masked_forward.share_of_peak"]!,
            0.02 * (double)result["masked_forward.ms"]! * (double)result["masked_forward.share_of_peak"]!);
        Assert.True((double)result["masked_forward.share_of_batched"]! > 0);
    }

    [Fact]
    public void Bench_times_language_models()
    {
        var result = JsonNode
            .Parse(CliRun.Successful("bench", "--model", Golden.Path("mamba-micro-hf"), "--threads", "2", "--long", "40", "--json").Out)!
            .AsObject();
        Assert.Equal(
            [
                "schema",
                "threads",
                "instruction_set",
                "fma_peak_gflops",
                "memory_bandwidth_gb_per_second",
                "peak_rss_mb",
                .. new[] { 512, 2048 }.SelectMany(length =>
                    new[] { "ms", "share_of_peak", "tokens_per_second", "peak_rss_mb" }.Select(figure => $"prefill.{length}.{figure}")),
                "decode.ms",
                "decode.share_of_peak",
                "decode.tokens_per_second",
                "decode.share_of_bandwidth",
                "decode.peak_rss_mb",
                "attention_row.2048.ms",
                "attention_row.2048.share_of_peak",
                "attention_row.2048.share_of_prefill",
                "attention_row.2048.peak_rss_mb",
                "mean_matrix.1024.ms",
                "mean_matrix.1024.share_of_peak",
                "mean_matrix.1024.peak_rss_mb",
                "rollout.40.ms",
                "rollout.40.peak_rss_mb",
            ],
            result.Select(entry => entry.Key));
        Assert.All(result.Where(entry => entry.Key.EndsWith(".ms", StringComparison.Ordinal)), entry =>
            Assert.True((double)entry.Value! > 0, entry.Key));
        Assert.Equal(512_000, (double)result["prefill.512.ms"]! * (double)result["prefill.512.tokens_per_second"]!, 512_000 * 0.001);
    }

    [Fact]
    public void Info_tells_what_can_be_asked()
    {
        var words = CliRun.Successful("info", model.Folder).Out;
        Assert.Contains("goldfish", words, StringComparison.Ordinal);
        Assert.Contains("mamba-lrp", words, StringComparison.Ordinal);
        var result = JsonNode.Parse(CliRun.Successful("info", model.Folder, "--json").Out)!;
        Assert.Equal(17, (int)result["tokens"]!);
        Assert.Equal(8, (int)result["class_token"]!);
        Assert.Equal(
            AttributionMethods.For(ModelShape.Of(MixerKind.Scan)).Select(method => method.Name),
            result["methods"]!.AsArray().Select(method => (string?)method!["name"]));
    }

    [Fact]
    public void Run_prints_labels_and_probabilities()
    {
        var input = model.Input();
        var words = CliRun.Successful("run", input, "--model", model.Folder).Out;
        Assert.Contains("great white shark", words, StringComparison.Ordinal);
        var top = JsonNode.Parse(CliRun.Successful("run", input, "--model", model.Folder, "--json", "--top", "3").Out)!["top"]!.AsArray();
        Assert.Equal(1, top.Sum(score => (double)score!["probability"]!), 1e-9);
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        var input = model.Input();
        Assert.Equal(Saved("1"), Saved("3"));

        byte[] Saved(string threads)
        {
            var file = model.Path($"{threads}.safetensors");
            CliRun.Successful(
                "explain", input, "--model", model.Folder, "--threads", threads, "--save", file, "--out", model.Path($"{threads}.png"));
            return File.ReadAllBytes(file);
        }
    }

    [Fact]
    public void A_target_by_label_and_another_token_change_the_map()
    {
        var input = model.Input();
        var plain = Map("--method", "attribution", "--target", "0");
        Assert.NotEqual(plain, Map("--method", "attribution", "--target", "goldfish"));
        Assert.NotEqual(plain, Map("--method", "attribution", "--target", "0", "--token", "3"));
        Assert.NotEqual(plain, Map("--method", "attribution", "--target", "0", "--start-layer", "1"));
        foreach (var reduction in new[] { "max", "min", "product" })
        {
            Assert.NotEqual(plain, Map("--method", "attribution", "--target", "0", "--reduce", reduction));
        }

        Assert.NotEqual(Map("--method", "rollout"), Map("--method", "rollout", "--row-norm", "l1"));
        Assert.NotEqual(Map("--method", "rollout"), Map("--method", "rollout", "--sign", "absolute"));

        float[] Map(params string[] options)
        {
            var file = model.Path("out.safetensors");
            CliRun.Successful([
                "explain", input, "--model", model.Folder, "--save", file, "--out", model.Path("a.png"), "--force",
                .. options,
            ]);
            using var saved = Checkpoint.Open(file);
            return saved.ReadSingles("map");
        }
    }

    [Fact]
    public void Attention_is_written_as_npy_too()
    {
        var file = model.Path("a.npy");
        CliRun.Successful("attention", model.Input(), "--model", model.Folder, "--layer", "1", "--out", file);
        Assert.True(File.ReadAllBytes(file).AsSpan(1, 5).SequenceEqual("NUMPY"u8));
        Assert.Equal(0, (new FileInfo(file).Length - (17 * 17 * 4)) % 64);
    }

    [Fact]
    public void Attention_of_the_top_channels_is_the_mean_over_them()
    {
        var input = model.Input();
        var (mean, report) = Attention("--top-channels", "2");
        var channels = report["top_channels"]!.AsArray().Select(ranked => (int)ranked!["channel"]!).ToArray();
        Assert.Equal(2, channels.Length);
        var (first, second) = (Attention("--channel", $"{channels[0]}").Values, Attention("--channel", $"{channels[1]}").Values);
        Golden.AssertClose("mean of two", mean, [.. first.Zip(second, (a, b) => (a + b) / 2)], 1e-5);
        Assert.NotEqual(mean, Attention("--top-channels", "2", "--token", "0").Values);

        (double[] Values, JsonNode Report) Attention(params string[] options)
        {
            var file = model.Path("a.safetensors");
            var run = CliRun.Successful([
                "attention", input, "--model", model.Folder, "--layer", "1", "--json", "--force", "--out", file,
                .. options,
            ]);
            using var saved = Checkpoint.Open(file);
            return (saved.ReadDoubles("attention"), JsonNode.Parse(run.Out)!);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("info --help")]
    [InlineData("run --help")]
    [InlineData("explain --help")]
    [InlineData("attention --help")]
    [InlineData("bench --help")]
    [InlineData("compare --help")]
    [InlineData("completion --help")]
    public void Help_has_examples_and_the_right_name(string line)
    {
        var help = CliRun.Successful(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Out;
        Assert.Contains("Examples:\n  ", help.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Usage:\n  mambascope ", help.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mambascope explain --mode ", "exact,official,paper")]
    [InlineData("mambascope attention --view ", "block,s6")]
    public void The_program_completes_its_own_command_lines(string typed, string expected)
    {
        var found = CliRun
            .Successful($"[suggest:{typed.Length}]", typed)
            .Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(expected.Split(','), found);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _mambascope mambascope")]
    [InlineData("zsh", "compdef _mambascope mambascope")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public void Completion_scripts_ask_the_program(string shell, string said)
    {
        var script = CliRun.Successful("completion", shell).Out;
        Assert.Contains(said, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
    }

    [Fact]
    public void As_a_process_it_names_its_picture_after_the_input()
    {
        var input = model.Input("two items.safetensors");
        var first = Process("explain", input, "--model", model.Folder, "--method", "raw");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("wrote two items.explained.png", first.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(model.Path("two items.explained.png")));

        Process("explain", input, "--model", model.Folder, "--method", "raw").AssertFailed(2, "two items.explained.png", "--force");

        // With --save the tensors are the result; a picture that is there already is no reason to fail.
        var saving = Process("explain", input, "--model", model.Folder, "--method", "raw", "--save", "maps.safetensors");
        Assert.Equal(0, saving.ExitCode);
        Assert.Contains("stays as it is", saving.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(model.Path("maps.safetensors")));
    }

    private CliRun Process(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = model.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var arg in args.Prepend(Path.Combine(AppContext.BaseDirectory, "Mambascope.Cli.dll")))
        {
            start.ArgumentList.Add(arg);
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
