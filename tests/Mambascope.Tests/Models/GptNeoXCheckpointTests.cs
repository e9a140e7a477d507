using Mambascope.Checkpoints;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Sizes come from shapes and config; what is missing, misshapen, unknown or contradictory is named.</summary>
public sealed class GptNeoXCheckpointTests : IDisposable
{
    private const string Heads = """{"model_type": "gpt_neox", "num_attention_heads": 3, "rotary_pct": 0.5}""";

    private static readonly GptNeoXConfig tiny = TinyLanguageModels.GptNeoXConfig;

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    [Fact]
    public void Sizes_come_from_the_shapes_and_the_config()
    {
        Write(tiny);
        Assert.Equal(tiny, Open(Heads).Config);
        var other = tiny with
        {
            IsHeadTied = true,
            HasAttentionBias = false,
            IsParallel = false,
            RotaryShare = 1,
            RotaryBase = 500,
            NormEpsilon = 1e-3f,
        };
        Write(other);
        Assert.Equal(
            other,
            Open(
                """{"num_attention_heads": 3, "rotary_pct": 1.0, "rotary_emb_base": 500, "use_parallel_residual": false, "layer_norm_eps": 1e-3}"""
            ).Config);
        Assert.Equal(
            other,
            Open(
                """{"num_attention_heads": 3, "partial_rotary_factor": 1.0, "rope_theta": 500, "use_parallel_residual": false, "layer_norm_eps": 1e-3}"""
            ).Config);
    }

    [Fact]
    public void Buffers_of_older_files_are_left_alone()
    {
        Write(tiny, extra: "gpt_neox.layers.0.attention.bias");
        Assert.Equal(tiny, Open(Heads).Config);
        Assert.Equal("GPT-NeoX", LanguageModels.Open(folder).Facts.Kind);
    }

    [Theory]
    [InlineData("gpt_neox.layers.1.mlp.dense_4h_to_h.bias")]
    [InlineData("gpt_neox.final_layer_norm.weight")]
    public void A_missing_tensor_is_named(string missing)
    {
        Write(tiny, skip: missing);
        AssertRefused(Heads, missing);
    }

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
    {
        Write(tiny, shape: (name, shape) => name == "gpt_neox.layers.0.attention.dense.weight" ? [2, 72] : shape);
        AssertRefused(Heads, "gpt_neox.layers.0.attention.dense.weight", "(2, 72)", "(12, 12)");
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_named()
    {
        Write(tiny, change: (name, data) => data[1] = name == "embed_out.weight" ? float.NaN : data[1]);
        AssertRefused(Heads, "embed_out.weight", "position 1");
    }

    [Fact]
    public void A_tensor_that_belongs_nowhere_is_refused()
    {
        Write(tiny, extra: "gpt_neox.layers.0.attention.extra");
        AssertRefused(Heads, "gpt_neox.layers.0.attention.extra", "not supported");
    }

    [Theory]
    [InlineData("""{"num_attention_heads": 5}""", "5 heads do not divide")]
    [InlineData("""{"num_attention_heads": 3, "rotary_pct": 0.25}""", "an even number")]
    [InlineData("""{"num_attention_heads": 3, "rotary_pct": 1.5}""", "rotary_pct 1.5")]
    [InlineData("""{"num_attention_heads": 3, "rotary_pct": 0.5, "rotary_emb_base": -1}""", "rotary_emb_base -1")]
    [InlineData("""{"num_attention_heads": 3, "rotary_pct": 0.5, "rope_scaling": {"type": "linear"}}""", "rope_scaling")]
    [InlineData("""{"num_attention_heads": 3, "rotary_pct": 0.5, "hidden_act": "gelu_fast"}""", "\"gelu_fast\"")]
    [InlineData("""{"num_attention_heads": 3, "rotary_pct": 0.5, "num_hidden_layers": 4}""", "num_hidden_layers = 4")]
    public void A_config_that_does_not_fit_is_refused(string config, string said)
    {
        Write(tiny);
        AssertRefused(config, said);
    }

    private void Write(
        GptNeoXConfig config, string? skip = null, string? extra = null, Func<string, int[], int[]>? shape = null,
        Action<string, float[]>? change = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in new GptNeoXWeights(config, RandomWeights.Source(1)).All.Where(w => w.Name != skip))
        {
            change?.Invoke(weight.Name, weight.Values<float>());
            writer.Add(weight.Name, shape?.Invoke(weight.Name, [.. weight.Shape]) ?? [.. weight.Shape], weight.Values<float>());
        }

        if (extra is not null)
        {
            writer.Add(extra, [2], new float[2]);
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    private GptNeoX Open(string config)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        return Assert.IsType<GptNeoX>(LanguageModels.Open(folder));
    }

    private void AssertRefused(string config, params string[] said)
    {
        var message = Assert.Throws<BadInputException>(() => Open(config)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
