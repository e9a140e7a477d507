using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Decoders;

/// <summary>Files of decoders that are partial, contradict themselves, or ask for what is not built: one line that says so.</summary>
public sealed class DecoderRefusalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("falcon-h1-micro", "hidden_act", "\"gelu\"", "hidden_act is \"gelu\"")]
    [InlineData("falcon-h1-micro", "rope_scaling", "{\"type\": \"yarn\", \"factor\": 4}", "rope_scaling is set")]
    [InlineData("falcon-h1-micro", "quantization_config", "{\"quant_method\": \"fp8\"}", "quantization_config is set")]
    [InlineData("falcon-h1-micro", "mamba_d_head", "13", "6 heads of 13 channels do not make a width of 72")]
    [InlineData("falcon-h1-micro", "mamba_n_groups", "4", "4 groups do not divide 6 heads")]
    [InlineData("falcon-h1-micro", "num_key_value_heads", "4", "4 key heads do not divide 6 heads")]
    [InlineData("falcon-h1-micro", "num_hidden_layers", "5", "num_hidden_layers = 5")]
    [InlineData("falcon-h1-micro", "head_dim", "11", "11 channels of a head cannot turn")]
    [InlineData("falcon-h1-micro", "ssm_multipliers", "[1, 2]", "ssm_multipliers has 2 numbers, expected 5")]
    [InlineData("falcon-h1-micro", "mamba_proj_bias", "true", "mamba_proj_bias is true, but")]
    [InlineData("falcon-h1-norm-micro", "projectors_bias", "false", "projectors_bias is false, but")]
    [InlineData("falcon-h1-micro", "intermediate_size", "81", "gate_proj.weight")]
    [InlineData("falcon-h1-micro", "hidden_size", "0", "hidden_size is 0, expected a whole number from 1")]
    [InlineData("falcon-h1-micro", "hidden_size", "2000000000", "hidden_size is 2000000000")]
    [InlineData("falcon-h1-micro", "rms_norm_eps", "0", "rms_norm_eps is 0")]
    [InlineData("falcon-h1-micro", "model_type", "\"jamba\"", "model_type is \"jamba\", but")]
    [InlineData("falcon-h1-micro", "model_type", "\"zamba2\"", "model_type is \"zamba2\"; supported are")]
    [InlineData("granite-hybrid-micro", "layer_types", "[\"mamba\"]", "layer_types names 1 layers, the model has 5")]
    [InlineData("granite-hybrid-micro", "layer_types", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "layer_types names a layer \"a\"")]
    [InlineData("granite-hybrid-micro", "position_embedding_type", "\"alibi\"", "position_embedding_type is \"alibi\"")]
    [InlineData("granite-moe-hybrid-micro", "num_experts_per_tok", "7", "num_experts_per_tok is 7, but there are 6 experts")]
    [InlineData("granite-moe-hybrid-micro", "num_local_experts", "7", "router.layer.weight")]
    [InlineData("granite-moe-hybrid-micro", "num_local_experts", "0", "belongs to no part")]
    [InlineData("bamba-micro", "attn_layer_indices", "[1, 5]", "attn_layer_indices names layer 5")]
    [InlineData("bamba-micro", "attn_layer_indices", "[1, -4]", "expected a whole number of 0 or more")]
    [InlineData("nemotron-h-micro", "hybrid_override_pattern", "\"M-M*-X\"", "has a letter X")]
    [InlineData("nemotron-h-micro", "hybrid_override_pattern", "\"M-M*-\"", "names 5 layers, the model has 6")]
    [InlineData("nemotron-h-micro", "mlp_hidden_act", "\"silu\"", "mlp_hidden_act is \"silu\"; supported is \"relu2\"")]
    [InlineData("nemotron-h-micro", "time_step_limit", "[1, 0]", "time_step_limit (1, 0)")]
    [InlineData("nemotron-h-moe-micro", "topk_group", "3", "2 experts a token cannot be chosen from 3 of 2 groups")]
    [InlineData("nemotron-h-moe-micro", "n_group", "4", "groups of 6 experts")]
    [InlineData("jamba-micro", "expert_layer_offset", "2", "expert_layer_offset is 2, expected less than expert_layer_period, 2")]
    [InlineData("jamba-micro", "mamba_dt_rank", "6", "x_proj.weight")]
    [InlineData("jamba-micro", "vocab_size", "300", "vocab_size = 300, but the embedding")]
    [InlineData("granite-hybrid-micro", "tie_word_embeddings", "false", "the file is incomplete")]
    public void A_config_that_does_not_fit_is_refused(string name, string key, string value, string said)
    {
        var config = Config(name);
        config[key] = JsonNode.Parse(value);
        AssertRefused(Write(name, config.ToJsonString()), said);
    }

    [Fact]
    public void A_model_without_its_config_is_refused()
        => AssertRefused(Write("jamba-micro", config: null), "put the model's config.json beside it");

    [Theory]
    [InlineData("falcon-h1-micro", "model.layers.2.mamba.D")]
    [InlineData("granite-moe-hybrid-micro", "model.layers.1.block_sparse_moe.output_linear.weight")]
    [InlineData("nemotron-h-moe-micro", "backbone.layers.4.mixer.experts.3.down_proj.weight")]
    [InlineData("jamba-micro", "model.layers.3.feed_forward.experts.3.up_proj.weight")]
    public void A_missing_tensor_is_named(string name, string tensor)
        => AssertRefused(
            Write(name, Config(name).ToJsonString(), leaveOut: tensor),
            tensor.Replace("moe.output_linear", "moe.experts.0.output_linear", StringComparison.Ordinal));

    [Fact]
    public void A_tensor_that_nothing_reads_is_named()
        => AssertRefused(
            Write("jamba-micro", Config("jamba-micro").ToJsonString(), extra: "model.layers.0.mamba.surplus"),
            "model.layers.0.mamba.surplus");

    /// <summary>Draft heads and frequencies of older files change nothing.</summary>
    [Theory]
    [InlineData("nemotron-h-micro", "mtp.layers.0.weight")]
    [InlineData("bamba-micro", "model.layers.1.self_attn.rotary_emb.inv_freq")]
    public void Tensors_that_change_nothing_may_be_there(string name, string tensor)
        => Assert.NotNull(LanguageModels.Open(Write(name, Config(name, isStrict: false), extra: tensor)));

    [Theory]
    [InlineData("[0.0, {\"__float__\": \"Infinity\"}]")]
    [InlineData("[0.0, Infinity]")]
    [InlineData("[0, 1e999]")]
    public void Infinity_has_two_spellings(string limit)
    {
        var text = Config("nemotron-h-micro", isStrict: false).Replace("[\n  0.0,\n  Infinity\n ]", limit, StringComparison.Ordinal);
        Assert.Contains(limit, text, StringComparison.Ordinal);
        Assert.DoesNotContain("time_step_limit", LanguageModels.Open(Write("nemotron-h-micro", text)).Settings.Keys);
    }

    private static JsonObject Config(string name) => JsonNode.Parse(Config(name, isStrict: true))!.AsObject();

    private static string Config(string name, bool isStrict)
    {
        var text = File.ReadAllText(Golden.Path(name, "config.json"));
        return isStrict ? text.Replace("Infinity", "1e30", StringComparison.Ordinal) : text;
    }

    private string Write(string name, string? config, string? leaveOut = null, string? extra = null)
    {
        using var source = Checkpoint.Open(Golden.Path(name));
        var writer = new SafetensorsWriter();
        foreach (var (tensor, info) in source.Tensors.Where(entry => entry.Key != leaveOut))
        {
            writer.Add(tensor, [.. info.Shape], source.ReadSingles(tensor));
        }

        if (extra is not null)
        {
            writer.Add(extra, [1], new float[1]);
        }

        writer.Save(Path.Combine(folder.Path, "model.safetensors"));
        if (config is not null)
        {
            File.WriteAllText(Path.Combine(folder.Path, "config.json"), config);
        }

        return folder.Path;
    }

    private static void AssertRefused(string path, string said)
    {
        var message = TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => LanguageModels.Open(path)));
        Assert.Contains(said, message, StringComparison.Ordinal);
    }
}
