using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Files are replaced with --force only, whatever option names them; what the shipped models know is said.</summary>
public sealed class OutputNameTests : IDisposable
{
    private static readonly string scene = Path.Combine(Repository.Root, "samples", "two-items.png");
    private readonly TemporaryFolder folder = new();
    private readonly SmallByteModels texts = new();

    public void Dispose()
    {
        folder.Dispose();
        texts.Dispose();
    }

    [Fact]
    public void Saved_tensors_are_replaced_with_force_only()
    {
        var file = folder.Write("mine.safetensors", "mine");
        foreach (var line in new string[][]
        {
            ["explain", scene, "--out", folder.File("e.png")],
            ["compare", scene, "--out", folder.File("c.png")],
            ["attention", scene, "--layer", "0", "--out", folder.File("a.png")],
            ["knockout", "--text", "To be", "--model", texts.Mamba],
        })
        {
            CliRun.Of([.. line, "--save", file]).AssertFailed(2, "mine.safetensors exists already", "--save", "--force");
            Assert.Equal("mine", File.ReadAllText(file));
            CliRun.Successful([.. line, "--save", file, "--force"]);
            Assert.NotEqual(4, new FileInfo(file).Length);
            File.WriteAllText(file, "mine");
        }
    }

    [Theory]
    [InlineData("photo", ".explained.png", null, "photo.explained.png")]
    [InlineData("a/photo.jpg", ".explained.png", "T-shirt/top", "photo.T-shirt-top.explained.png")]
    [InlineData("photo.jpg", ".compared.png", "4", "photo.4.compared.png")]
    public void Names_that_nobody_chose_carry_the_target(string input, string ending, string? target, string expected)
        => Assert.Equal(expected, Mambascope.Cli.OutputFile.Beside(input, ending, target));

    [Fact]
    public void Shipped_models_say_what_they_know_and_others_do_not()
    {
        const string Said = "knows 8 things only (T-shirt/top, Trouser";
        Assert.Contains(Said, CliRun.Successful("run", scene).Out, StringComparison.Ordinal);
        Assert.Contains(Said, CliRun.Successful("explain", scene, "--out", folder.File("e.png")).Out, StringComparison.Ordinal);
        using var small = new SmallModel();
        Assert.DoesNotContain("things only", CliRun.Successful("run", scene, "--model", small.Folder).Out, StringComparison.Ordinal);
    }
}
