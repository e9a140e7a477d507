using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Values_have_their_kinds()
    {
        var config = Load("""
            {"d_model": 768, "eps": 1e-5, "residual_in_fp32": true, "name": "vim", "none": null, "image_mean": [0.5, 0.25, 1],
             "ssm_cfg": {"d_state": 16}, "id2label": {"0": "bag", "11": "shoe"},}
            """);

        Assert.Equal(768, config.GetInt32("d_model"));
        Assert.Equal(1e-5, config.GetDouble("eps"));
        Assert.Equal(768.0, config.GetDouble("d_model"));
        Assert.True(config.GetBoolean("residual_in_fp32", absent: false));
        Assert.Equal("vim", config.GetString("name", "other"));
        Assert.False(config.Has("none"));
        Assert.Equal(3, config.GetInt32("none", 3));
        Assert.Equal([0.5, 0.25, 1], config.GetDoubles("image_mean")!);
        Assert.Null(config.GetDoubles("image_std"));
        Assert.Equal(16, config.GetSection("ssm_cfg")!.GetInt32("d_state"));
        Assert.Null(config.GetSection("other_cfg"));
        Assert.Equal("shoe", config.GetLabels("id2label")[11]);
        Assert.Empty(config.GetLabels("label2id"));
    }

    [Fact]
    public void Numbers_as_Python_writes_them_are_understood_outside_of_text()
    {
        var config = Load(
            """{"time_step_limit": [0.0, Infinity], "low": [-Infinity, 1], "mean": NaN, "name": "a\\", "other": "Infinity \" NaN"}""");

        Assert.Equal([0, double.PositiveInfinity], config.GetDoubles("time_step_limit", mayBeInfinite: true)!);
        Assert.Equal([double.NegativeInfinity, 1], config.GetDoubles("low", mayBeInfinite: true)!);
        Assert.Contains("finite", Message(() => config.GetDoubles("time_step_limit")), StringComparison.Ordinal);
        Assert.False(config.Has("mean"));
        Assert.Equal("a\\", config.GetString("name"));
        Assert.Equal("Infinity \" NaN", config.GetString("other"));
    }

    [Fact]
    public void A_wrong_value_is_reported_with_file_key_expected_and_found()
    {
        var config = Load(
            """{"d_model": "768", "n": 1.5, "flag": 1, "list": [1, "a"], "ssm_cfg": {"d_state": []}, "id2label": {"x": "bag"}, "big": 1e999, "half": "\ud800"}""");

        Assert.Equal($"{config.Path}: d_model is \"768\", expected a number", Message(() => config.GetInt32("d_model")));
        Assert.Equal($"{config.Path}: n is 1.5, expected a whole number", Message(() => config.GetInt32("n")));
        Assert.Equal($"{config.Path}: flag is 1, expected true or false", Message(() => config.GetBoolean("flag", absent: true)));
        Assert.Equal($"{config.Path}: list is [1, \"a\"], expected a list of numbers", Message(() => config.GetDoubles("list")));
        Assert.Equal(
            $"{config.Path}: ssm_cfg.d_state is [], expected a number", Message(() => config.GetSection("ssm_cfg")!.GetInt32("d_state")));
        Assert.Equal(
            $"{config.Path}: ssm_cfg.d_conv is missing, expected a number",
            Message(() => config.GetSection("ssm_cfg")!.GetInt32("d_conv")));
        Assert.Equal(
            $"{config.Path}: id2label has the entry x: \"bag\", expected a class index and its label as text",
            Message(() => config.GetLabels("id2label")));
        Assert.Equal($"{config.Path}: n is 1.5, expected a JSON object", Message(() => config.GetSection("n")));
        Assert.Contains("big is 1e999", Message(() => config.GetDouble("big")), StringComparison.Ordinal);
        Assert.Contains("half is", Message(() => config.GetString("half")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"a\": 1} x")]
    [InlineData("{\"\\ud800\": 1}")]
    public void What_is_not_a_JSON_object_is_refused(string text)
    {
        Assert.StartsWith(folder.File("config.json"), Message(() => Load(text)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_deeply_nested_file_is_refused() => Message(() => Load(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))));

    [Fact]
    public void An_absent_file_is_named()
    {
        Assert.Equal($"{folder.File("config.json")} was not found", Message(() => ConfigFile.Load(folder.File("config.json"))));
        Assert.Null(ConfigFile.LoadIfPresent(folder.File("config.json")));
        Assert.Contains("is a folder", Message(() => ConfigFile.Load(folder.Path)), StringComparison.Ordinal);
    }

    private static string Message(Func<object?> read) => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(read));

    private ConfigFile Load(string text) => ConfigFile.Load(folder.Write("config.json", text));
}
