using Mambascope.Checkpoints;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>What goes wrong with text ends with the right exit code and one line that helps.</summary>
public sealed class TextCommandLineErrorTests : IDisposable
{
    private const int Usage = 1;
    private const int BadInput = 2;

    private readonly SmallLanguageModel model = new();

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData("explain --text hello --model demo-vim", "demo-vim looks at pictures", "demo-mamba")]
    [InlineData("explain --tokens 1,2 --model demo-vim", "demo-vim looks at pictures", "demo-mamba")]
    [InlineData("run --text hello --model random:vim-tiny", "looks at pictures", "demo-mamba")]
    [InlineData("attention --text hello --layer 0 --model demo-vim", "looks at pictures", "demo-mamba")]
    [InlineData("explain a.png --model MODEL", "is a language model", "--text")]
    [InlineData("run a.png --model MODEL", "is a language model", "demo-vim")]
    [InlineData("explain a.txt --text hello --model MODEL", "exclude each other")]
    [InlineData("explain --tokens 1 --text hello --model MODEL", "exclude each other")]
    [InlineData("run --tokens 1,x --model MODEL", "--tokens x", "1,2,3")]
    [InlineData("run --tokens -1 --model MODEL", "--tokens -1", "1,2,3")]
    [InlineData("run --tokens 99999999999 --model MODEL", "whole numbers")]
    [InlineData("run --text hello --model MODEL --generate 0", "1 or more")]
    [InlineData("run --text hello --model MODEL --top-k 3", "--top-k", "--generate")]
    [InlineData("run --text hello --model MODEL --generate 3 --top-p 1.5", "--top-p 1.5", "at most 1")]
    [InlineData("run --text hello --model MODEL --generate 3 --temperature -1", "0 or more")]
    [InlineData("run a.png --temperature 1", "--temperature is for language models")]
    [InlineData("run --text hello --model MODEL --labels a.txt", "--labels is for pictures")]
    [InlineData("explain --text hello --model MODEL --out a.png", ".html")]
    [InlineData("explain --text hello --model MODEL --color jet", "--color and --scale are for pictures")]
    [InlineData("explain --text hello --model MODEL --mode official", "exact or paper")]
    [InlineData("explain --text hello --model MODEL --method transformer-attribution", "softmax attention", "mamba-lrp")]
    [InlineData("explain a.png --against 3", "language models")]
    [InlineData("attention --text hello --layer 0 --head 1 --model MODEL", "--channel")]
    [InlineData("attention --text hello --layer 0 --direction backward --model MODEL", "beginning to its end")]
    [InlineData("explain", "INPUT is missing", "--text")]
    public void A_wrong_command_line_ends_with_1(string line, params string[] said)
        => CliRun.Of([.. line.Split(' ').Select(word => word == "MODEL" ? model.Folder : word)]).AssertFailed(Usage, said);

    [Fact]
    public void Text_without_tokens_ends_with_2()
    {
        foreach (var verb in new[] { "run", "explain" })
        {
            Failed([verb, "--text", ""], "the text is empty");
        }

        File.WriteAllText(model.Path("empty.txt"), "");
        Failed(["run", model.Path("empty.txt")], "the text is empty");
        Failed(["run", model.Path("nothing.txt")], "nothing.txt", "no such file");
        Failed(["run", model.Path("nothing.safetensors")], "nothing.safetensors");
    }

    [Fact]
    public void Tokens_and_places_that_are_not_there_end_with_2()
    {
        Failed(["run", "--tokens", "1,256"], "256", "0 to 255");
        Failed(["explain", "--text", "hello", "--position", "5"], "position 5", "0 to 4");
        Failed(["explain", "--text", "hello", "--target", "256"], "256", "0 to 255");
        Failed(["explain", "--text", "hello", "--target", "th"], "2 tokens");
        Failed(["explain", "--text", "hello", "--target", "e", "--against", "e"], "contrasted with itself");
        Failed(["explain", "--text", "hello", "--method", "rollout", "--start-layer", "2"], "layer 2", "0 to 1");
        Failed(["attention", "--text", "hello", "--layer", "2", "--out", model.Path("a.npy")], "layer 2", "0 to 1");
        Failed(["attention", "--text", "hello", "--layer", "0", "--channel", "12", "--out", model.Path("a.npy")], "channel 12", "0 to 11");
        Failed(
            ["attention", "--text", "hello", "--layer", "0", "--top-channels", "2", "--token", "5", "--out", model.Path("a.npy")],
            "token 5",
            "0 to 4");
    }

    [Fact]
    public void Ids_of_another_kind_end_with_2()
    {
        var file = model.Path("ids.safetensors");
        new SafetensorsWriter().Add("input_ids", [2], new float[] { 1, 2 }).Save(file);
        Failed(["run", file], "input_ids", "F32");
        new SafetensorsWriter().Add("input_ids", [2], new long[] { 1, -7 }).Save(file);
        Failed(["run", file], "-7", "position 1");
        new SafetensorsWriter().Add("ids", [2], new long[] { 1, 2 }).Save(file);
        Failed(["run", file], "input_ids", "ids");
    }

    [Fact]
    public void Text_without_a_tokenizer_ends_with_2()
        => CliRun.Of("run", "--text", "hello", "--model", Golden.Path("mamba-micro-hf")).AssertFailed(BadInput, "tokenizer", "--tokens");

    private void Failed(string[] args, params string[] words)
        => CliRun.Of([.. args, "--model", model.Folder]).AssertFailed(BadInput, words);
}
