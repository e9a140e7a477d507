using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

public sealed class TextModelTests : IDisposable
{
    private readonly SmallLanguageModel small = new();

    public void Dispose() => small.Dispose();

    [Fact]
    public void The_front_door_explains_a_text_in_three_lines()
    {
        using var model = TextModel.Open(small.Folder, threads: 2);
        using var run = model.Run("To be, or not to b");
        var map = run.Explain("attribution");
        Assert.Equal(18, map.Values.Length);
        Assert.Equal(1, run.Top(256).Sum(score => score.Probability), 1e-9);
        Assert.Equal(run.Top(1)[0], run.Score(run.Top(1)[0].Index));
    }

    [Fact]
    public void What_comes_after_a_position_does_not_matter()
    {
        using var model = TextModel.Open(small.Folder);
        using var whole = model.Run<float>(model.Encode("To be, or not"), position: 4);
        using var part = model.Run("To be");
        Assert.Equal(part.Top(1)[0].Index, whole.Top(1)[0].Index);
        Assert.Equal(part.Top(1)[0].Score, whole.Top(1)[0].Score, 1e-4);
        var map = whole.Explain("input-x-gradient");
        Assert.All(map.Values[5..], value => Assert.Equal(0, value));
        Assert.Contains(map.Values[..5], value => value != 0);
    }

    [Fact]
    public void Tokens_are_found_by_id_or_text()
    {
        using var model = TextModel.Open(small.Folder);
        Assert.Equal(101, model.Find("e"));
        Assert.Equal(7, model.Find("7"));
        Assert.Equal("\\xC3", model.Show(0xC3));
        Assert.Contains("0 to 255", Assert.Throws<BadInputException>(() => model.Find("256")).Message, StringComparison.Ordinal);
        Assert.Contains("2 tokens", Assert.Throws<BadInputException>(() => model.Find("é")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_tokenizer_only_ids_are_read()
    {
        using var model = TextModel.Open(Golden.Path("mamba-micro-hf"));
        Assert.Null(model.Tokenizer);
        Assert.Equal(new TextToken(5, "[5]", 0, 0), model.Locate([5])[0]);
        Assert.Contains("--tokens", Assert.Throws<BadInputException>(() => model.Encode("hello")).Message, StringComparison.Ordinal);
        Assert.Contains("511", Assert.Throws<BadInputException>(() => model.Find("e")).Message, StringComparison.Ordinal);
        Assert.Contains("512", Assert.Throws<BadInputException>(() => model.Locate([1, 512])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_tokenizer_is_refused_by_name()
    {
        File.WriteAllText(small.Path("config.json"), """{"model_type": "mamba", "tokenizer": "runes"}""");
        Assert.Contains(
            "\"runes\"", Assert.Throws<BadInputException>(() => TextModel.Open(small.Folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 4 }, null)]
    [InlineData(new[] { 1, 4 }, null)]
    [InlineData(new[] { 2, 2 }, "(2, 2)")]
    [InlineData(new[] { 0 }, "(0)")]
    public void Ids_come_as_one_text(int[] shape, string? said)
    {
        var file = small.Path("ids.safetensors");
        new SafetensorsWriter()
            .Add("input_ids", shape, Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (long)i).ToArray())
            .Save(file);
        using var model = TextModel.Open(small.Folder);
        if (said is null)
        {
            Assert.Equal([0, 1, 2, 3], model.ReadInputIds(file).Select(token => token.Id));
        }
        else
        {
            Assert.Contains(said, Assert.Throws<BadInputException>(() => model.ReadInputIds(file)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_model_reads_is_known_before_it_is_opened()
    {
        using var vision = new SmallModel();
        Assert.Equal(ModelInput.Text, ModelInputs.Of(small.Folder));
        Assert.Equal(ModelInput.Pictures, ModelInputs.Of(vision.Folder));
        Assert.Equal(ModelInput.Text, ModelInputs.Of(Golden.Path("mamba-micro-official"))); // its config has no model_type
        Assert.Equal(ModelInput.Text, ModelInputs.Of("random:mamba-130m:3"));
        Assert.Equal(ModelInput.Pictures, ModelInputs.Of("random:vim-tiny"));
        Assert.Null(ModelInputs.Of("random:llama"));
        File.Delete(vision.Path("config.json"));
        Assert.Equal(ModelInput.Pictures, ModelInputs.Of(vision.Folder));
    }
}
