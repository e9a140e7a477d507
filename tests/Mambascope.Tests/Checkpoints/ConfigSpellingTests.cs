using System.Text.Json;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>Keys that newer libraries renamed say what the old ones said.</summary>
public sealed class ConfigSpellingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Rotary_settings_of_transformers_5_have_their_old_names()
    {
        var config = Load(
            """{"rope_parameters": {"rope_theta": 500000.0, "rope_type": "default", "partial_rotary_factor": 0.25}, "dtype": "float16"}""");
        Assert.Equal(500000, config.GetDouble("rope_theta"));
        Assert.Equal(0.25, config.GetDouble("partial_rotary_factor"));
        Assert.Equal("float16", config.GetString("torch_dtype"));
        Assert.False(config.Has("rope_scaling"));
    }

    [Theory]
    [InlineData("""{"rope_parameters": {"rope_theta": 1e4, "rope_type": "linear", "factor": 4.0}}""", true)]
    [InlineData(
        """{"rope_parameters": {"full_attention": {"rope_type": "default"}, "sliding_attention": {"rope_type": "default"}}}""", true)]
    [InlineData("""{"rope_scaling": {"rope_type": "default"}}""", false)]
    [InlineData("""{"rope_scaling": {"type": "default"}}""", false)]
    [InlineData("""{"rope_scaling": {"type": "dynamic", "factor": 2.0}}""", true)]
    [InlineData("""{"rope_scaling": {"rope_type": 3}}""", true)]
    [InlineData("""{"rope_parameters": 7}""", false)]
    public void Only_what_changes_the_computation_counts_as_scaling(string json, bool isScaled)
        => Assert.Equal(isScaled, Load(json).Has("rope_scaling"));

    [Fact]
    public void The_old_name_goes_first()
        => Assert.Equal(1, Load("""{"rope_theta": 1, "rope_parameters": {"rope_theta": 2}}""").GetInt32("rope_theta"));

    [Fact]
    public void The_names_of_classes_in_timm_are_labels()
    {
        Assert.Equal("b", Load("""{"label_names": ["a", "b"]}""").GetLabels("id2label")[1]);
        Assert.Equal("x", Load("""{"label_names": ["a", "b"], "id2label": {"1": "x"}}""").GetLabels("id2label")[1]);
        Assert.Throws<BadInputException>(() => Load("""{"label_names": [1]}""").GetLabels("id2label"));
    }

    [Fact]
    public void One_number_or_a_list_of_them()
    {
        var config = Load("""{"one": 3, "list": [0, 32], "text": ["a"], "low": [-1]}""");
        Assert.Equal([3], config.GetInt32s("one")!);
        Assert.Equal([0, 32], config.GetInt32s("list")!);
        Assert.Null(config.GetInt32s("absent"));
        Assert.Throws<BadInputException>(() => config.GetInt32s("text"));
        Assert.Equal(
            $"{config.Path}: low is [-1], expected a whole number of 0 or more, or a list of such",
            Assert.Throws<BadInputException>(() => config.GetInt32s("low", least: 0)).Message);
    }

    [Fact]
    public void A_config_beyond_four_megabytes_is_refused_unread()
    {
        var path = folder.Write("config.json", "{}" + new string(' ', 5 << 20));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "expected at most 4,194,304",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => ConfigFile.Load(path))),
            StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Half_a_character_is_refused_in_one_line()
    {
        var error = Assert.Throws<BadInputException>(() => Load("""{"rope_parameters": {"type": "\ud800 ault"}}"""));
        Assert.Contains("holds a text that is none", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    private ConfigFile Load(string json) => ConfigFile.Load(folder.Write("config.json", json));
}
