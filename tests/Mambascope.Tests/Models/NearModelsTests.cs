using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>A model's name that leads nowhere is answered with the names that are near.</summary>
public sealed class NearModelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("demo-vin", "did you mean demo-vim")]
    [InlineData("Demo-Mamba", "did you mean demo-mamba")]
    [InlineData("planted-mama", "did you mean planted-mamba")]
    [InlineData("vim-small", "did you mean random:vim-small")]
    public void Of_models_that_ship_and_of_presets(string name, string hint) => Says(name, hint);

    [Fact]
    public void Of_a_preset_that_is_misspelt()
        => Assert.Contains(
            "; did you mean vim-small",
            Assert.Throws<BadInputException>(() => ImageClassifier.Open("random:vim-smal")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Of_folders_and_weight_files_beside()
    {
        var models = folder.File("models");
        Directory.CreateDirectory(Path.Combine(models, "fine-tuned"));
        File.WriteAllText(Path.Combine(models, "fine-tuned", "config.json"), "{}");
        Directory.CreateDirectory(Path.Combine(models, "fine-tune-notes"));
        File.WriteAllText(Path.Combine(models, "best.pth"), "");
        File.WriteAllText(Path.Combine(models, "bests.txt"), "");
        Says(Path.Combine(models, "fine-tunde"), "did you mean " + Path.Combine(models, "fine-tuned"));
        Says(Path.Combine(models, "fine-tune-note"), "was not found", "fine-tune-notes");
        Says(Path.Combine(models, "bset.pth"), "did you mean " + Path.Combine(models, "best.pth"));
        Says(Path.Combine(folder.File("modles"), "best.pth"), "did you mean " + Path.Combine(models, "best.pth"));
        Says(Path.Combine(models, "best.ph"), "best.pth", "bests.txt");
    }

    [Fact]
    public void Of_nothing_where_nothing_is_near() => Says("qqqqqqqqqqqqqqqq", "was not found", "did you mean");

    private static void Says(string name, string words, string? not = null)
    {
        var message = Assert.Throws<BadInputException>(() => ModelSpecification.Parse(name)).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.True(not is null || !message.Contains(not, StringComparison.Ordinal), message);
        Assert.DoesNotContain('\n', message);
    }
}
