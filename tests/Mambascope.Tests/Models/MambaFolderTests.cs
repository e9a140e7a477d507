using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Sizes come from shapes under either release's names; what is missing, misshapen, unknown or contradictory is named.</summary>
public sealed class MambaFolderTests : IDisposable
{
    private static readonly MambaConfig tiny = TinyLanguageModels.MambaConfig with { InnerWidth = 12 };

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    [Fact]
    public void Sizes_are_inferred_from_the_shapes()
    {
        Assert.Equal(tiny, Open(Write(tiny)).Config);
        var separate = tiny with { IsHeadTied = false, HasConvBias = false, HasProjectionBias = true };
        Assert.Equal(separate, Open(Write(separate)).Config);
    }

    [Fact]
    public void Names_of_the_original_release_mean_the_same()
    {
        var model = Open(Write(tiny, rename: name => name.Replace("embeddings", "embedding", StringComparison.Ordinal)));
        Assert.Equal(tiny, model.Config);
        Assert.Equal("backbone.embeddings.weight", model.Weights.Embedding.Name);
    }

    [Fact]
    public void A_head_that_equals_the_embedding_is_tied()
    {
        var separate = tiny with { IsHeadTied = false };
        Assert.True(Open(Write(separate, change: (name, data) => Array.Fill(data, 0.5f))).Config.IsHeadTied);
        Assert.True(Open(Write(separate), """{"tie_word_embeddings": true}""").Config.IsHeadTied);
        Assert.False(Open(Write(separate), """{"tie_word_embeddings": false}""").Config.IsHeadTied);
    }

    [Fact]
    public void The_rows_of_the_file_win_over_the_vocabulary_of_the_config()
        => Assert.Equal(
            19,
            Open(
                Write(tiny),
                """{"vocab_size": 17, "pad_vocab_size_multiple": 1, "d_model": 6, "n_layer": 2, "ssm_cfg": {}}"""
            ).VocabularySize);

    [Fact]
    public void Falcon_Mamba_is_known_by_its_config()
    {
        Assert.Equal(1e-6f, Open(Write(tiny), """{"model_type": "falcon_mamba"}""").Config.MixerNormEpsilon);
        Assert.Equal(1e-3f, Open(Write(tiny), """{"model_type": "falcon_mamba", "mixer_rms_eps": 1e-3}""").Config.MixerNormEpsilon);
        Assert.Equal("Falcon-Mamba", LanguageModels.Open(folder).Facts.Kind);
    }

    [Theory]
    [InlineData("backbone.layers.1.mixer.x_proj.weight")]
    [InlineData("backbone.norm_f.weight")]
    [InlineData("backbone.embeddings.weight")]
    public void A_missing_tensor_is_named(string missing) => AssertRefused(Write(tiny, skip: missing), config: null, missing);

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
        => AssertRefused(
            Write(tiny, shape: (name, shape) => name == "backbone.layers.1.mixer.D" ? [3, 4] : shape),
            config: null,
            "backbone.layers.1.mixer.D",
            "(3, 4)",
            "(12)");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_a_number_is_named(float value)
        => AssertRefused(
            Write(tiny, change: (name, data) => data[1] = name == "backbone.layers.0.mixer.A_log" ? value : data[1]),
            config: null,
            "backbone.layers.0.mixer.A_log",
            "position 1");

    [Fact]
    public void A_tensor_that_belongs_nowhere_is_refused()
        => AssertRefused(
            Write(tiny, extra: "backbone.layers.0.mlp.fc1.weight"), config: null, "backbone.layers.0.mlp.fc1.weight", "not supported");

    [Theory]
    [InlineData("""{"hidden_size": 9}""", "hidden_size = 9")]
    [InlineData("""{"n_layer": 3}""", "n_layer = 3")]
    [InlineData("""{"ssm_cfg": {"d_state": 16}}""", "d_state = 16")]
    [InlineData("""{"rms_norm": false}""", "rms_norm is false")]
    [InlineData("""{"hidden_act": "gelu"}""", "\"gelu\"")]
    [InlineData("""{"attn_layer_idx": [1, 3]}""", "hybrids")]
    [InlineData("""{"model_type": "jamba"}""", "\"jamba\"")]
    [InlineData("""{"hidden_size": "six"}""", "a number")]
    public void A_config_that_contradicts_the_tensors_is_refused(string config, string said) => AssertRefused(Write(tiny), config, said);

    [Fact]
    public void A_file_that_is_no_language_model_is_refused_in_words()
    {
        new SafetensorsWriter().Add("head.weight", [1, 2], new float[2]).Save(Path.Combine(folder, "model.safetensors"));
        AssertRefused(folder, config: null, "not a language model", "head.weight", "supported are");
    }

    [Fact]
    public void Random_weights_need_no_file()
    {
        var file = ModelFile.Open("random:mamba-130m:3", ModelInput.Text);
        Assert.Equal(129_135_360, file.Model.AllWeights.Sum(weight => (long)weight.Count));
        Assert.Null(file.WeightFile);
        Assert.Contains(
            "known: ",
            Assert.Throws<BadInputException>(() => LanguageModels.Open("random:mamba-130k")).Message,
            StringComparison.Ordinal);
    }

    private string Write(
        MambaConfig config,
        string? skip = null,
        string? extra = null,
        Func<string, string>? rename = null,
        Func<string, int[], int[]>? shape = null,
        Action<string, float[]>? change = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in new MambaWeights(config, RandomWeights.Source(1)).All.Where(w => w.Name != skip))
        {
            change?.Invoke(weight.Name, weight.Values<float>());
            writer.Add(
                rename?.Invoke(weight.Name) ?? weight.Name,
                shape?.Invoke(weight.Name, [.. weight.Shape]) ?? [.. weight.Shape],
                weight.Values<float>());
        }

        if (extra is not null)
        {
            writer.Add(extra, [2], new float[2]);
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
        return folder;
    }

    private static Mamba Open(string folder, string? config = null)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), config ?? "{}");
        return Assert.IsType<Mamba>(LanguageModels.Open(folder));
    }

    private static void AssertRefused(string folder, string? config, params string[] said)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), config ?? "{}");
        var message = Assert.Throws<BadInputException>(() => LanguageModels.Open(folder)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
