using System.Text.Json.Nodes;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Explorer;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>explain --sanity: what of a map is left with shuffled weights.</summary>
public sealed class SanityOptionTests : IDisposable
{
    private static readonly string scene = Path.Combine(Repository.Root, "samples", "two-items.png");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_architectures_share_of_a_map_is_named_beside_one_that_reads_the_weights()
    {
        var run = CliRun.Successful(
            "explain", scene, "--method", "mamba-lrp,attribution", "--sanity", "--out", folder.File("a.png"));
        Assert.Contains("5 models with all weights shuffled (chance leaves 0.06)", run.Out, StringComparison.Ordinal);
        Assert.Contains("the map of attribution.exact hardly depends on the weights", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the map of mamba-lrp hardly", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "shuffled (chance", CliRun.Successful("explain", scene, "--out", folder.File("b.png")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_on_the_page_and_in_the_document()
    {
        var page = folder.File("a.html");
        var run = CliRun.Successful(
            "explain", "--text", "To be, or not to b", "--method", "rollout,mamba-lrp", "--sanity", "--out", page, "--json");
        var maps = JsonNode.Parse(run.Out)!["maps"]!.AsArray();
        Assert.All(maps, map =>
        {
            var sanity = map!["sanity"]!;
            Assert.Equal(5, (int)sanity["models"]!);
            Assert.InRange((double)sanity["similarity"]!, (double)sanity["similarity_lower"]!, (double)sanity["similarity_upper"]!);
        });
        Assert.All(
            ReadPage.Of(page).Json("explanation")["maps"]!.AsArray(), map => Assert.Equal(5, (int)map!["sanity"]!["models"]!));
    }

    [Fact]
    public void Every_position_would_take_too_long()
        => CliRun.Of("explain", "--text", "To be", "--every-position", "--sanity").AssertFailed(1, "--every-position and --sanity");
}
