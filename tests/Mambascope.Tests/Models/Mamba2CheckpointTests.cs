using Mambascope.Checkpoints;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>
/// Sizes come from shapes and config; the two releases differ in the gated norm; what is missing, misshapen or contradictory is named.
/// </summary>
public sealed class Mamba2CheckpointTests : IDisposable
{
    private static readonly Mamba2Config tiny = TinyLanguageModels.Mamba2Config;

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    [Fact]
    public void Sizes_come_from_the_shapes()
    {
        Write(tiny);
        Assert.Equal(tiny, Open("{}").Config);
        Assert.Equal("Mamba-2", LanguageModels.Open(folder).Facts.Kind);
        var other = tiny with { HasSkipPerChannel = true, IsHeadTied = false, HasProjectionBias = true, HasConvBias = false };
        Write(other);
        Assert.Equal(other, Open("{}").Config);
    }

    [Theory]
    [InlineData(
        """{"model_type": "mamba2", "n_groups": 2, "num_heads": 4, "head_dim": 5, "state_size": 11, "time_step_limit": [0.0, Infinity]}""")]
    [InlineData("""{"model_type": "mamba2", "state_size": 11}""")]
    public void Groups_come_from_the_config_and_are_normalised_together_under_Hugging_Faces_names(string config)
    {
        Write(tiny with { Groups = 2 });
        Assert.Equal(tiny with { Groups = 2 }, Open(config).Config);
    }

    [Fact]
    public void Groups_of_the_original_release_are_normalised_apart()
    {
        Write(tiny with { Groups = 2 }, rename: name => name.Replace("embeddings", "embedding", StringComparison.Ordinal));
        Assert.Equal(
            tiny with
            {
                Groups = 2,
                NormalisesGroups = true,
            },
            Open("""{"d_model": 6, "ssm_cfg": {"layer": "Mamba2", "ngroups": 2, "headdim": 5, "d_state": 11}}""").Config);
    }

    [Fact]
    public void Limits_of_the_step_come_from_the_config()
    {
        Write(tiny);
        Assert.Equal(tiny with { LeastStep = 0.25f, GreatestStep = 0.5f }, Open("""{"time_step_limit": [0.25, 0.5]}""").Config);
        Assert.Equal(
            tiny with
            {
                LeastStep = 0.25f,
                NormalisesGroups = true,
            },
            Open("""{"ssm_cfg": {"dt_limit": [0.25, Infinity]}}""").Config);
    }

    [Theory]
    [InlineData("backbone.layers.1.mixer.dt_bias")]
    [InlineData("backbone.layers.0.mixer.norm.weight")]
    public void A_missing_tensor_is_named(string missing)
    {
        Write(tiny, skip: missing);
        AssertRefused("{}", missing);
    }

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
    {
        Write(tiny, shape: (name, shape) => name == "backbone.layers.1.mixer.D" ? [2, 2] : shape);
        AssertRefused("{}", "backbone.layers.1.mixer.D", "(2, 2)", "(4)");
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_named()
    {
        Write(tiny, change: (name, data) => data[1] = name == "backbone.layers.0.mixer.A_log" ? float.PositiveInfinity : data[1]);
        AssertRefused("{}", "backbone.layers.0.mixer.A_log", "position 1");
    }

    [Fact]
    public void Rows_for_a_parallel_MLP_are_refused_in_words()
    {
        Write(tiny, shape: (name, shape) =>
            name.EndsWith("0.mixer.in_proj.weight", StringComparison.Ordinal) ? [shape[0] * 2, shape[1] / 2] : shape);
        AssertRefused("{}", "parallel MLP");
    }

    [Theory]
    [InlineData("""{"n_groups": 3}""", "3 groups do not divide 4 heads")]
    [InlineData("""{"n_groups": 0}""", "0 groups")]
    [InlineData("""{"head_dim": 64}""", "head_dim = 64")]
    [InlineData("""{"n_groups": 1, "state_size": 7}""", "state_size = 7")]
    [InlineData("""{"time_step_limit": [2, 1]}""", "time_step_limit (2, 1)")]
    [InlineData("""{"time_step_limit": 3}""", "a list of numbers")]
    [InlineData("""{"ssm_cfg": {"norm_before_gate": true}}""", "norm_before_gate")]
    [InlineData("""{"ssm_cfg": {"headdim": 64}}""", "headdim = 64")]
    public void A_config_that_does_not_fit_is_refused(string config, string said)
    {
        Write(tiny);
        AssertRefused(config, said);
    }

    private void Write(
        Mamba2Config config, string? skip = null, Func<string, string>? rename = null,
        Func<string, int[], int[]>? shape = null, Action<string, float[]>? change = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in new Mamba2Weights(config, RandomWeights.Source(1)).All.Where(w => w.Name != skip))
        {
            change?.Invoke(weight.Name, weight.Values<float>());
            writer.Add(
                rename?.Invoke(weight.Name) ?? weight.Name,
                shape?.Invoke(weight.Name, [.. weight.Shape]) ?? [.. weight.Shape],
                weight.Values<float>());
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    private Mamba2 Open(string config)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        return Assert.IsType<Mamba2>(LanguageModels.Open(folder));
    }

    private void AssertRefused(string config, params string[] said)
    {
        var message = Assert.Throws<BadInputException>(() => Open(config)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
