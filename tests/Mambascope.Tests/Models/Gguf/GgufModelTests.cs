using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Checkpoints.Gguf;
using Xunit;

namespace Mambascope.Tests.Models.Gguf;

/// <summary>
/// Language models in GGUF files: logits of files that gguf-py wrote, what the converter did undone, and what is refused.
/// </summary>
public sealed class GgufModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("f32", "mamba-micro-f32", "logits")]
    [InlineData("q8_0", "mamba-micro-quantised", "logits.q8_0")]
    [InlineData("q4_k", "mamba-micro-quantised", "logits.q4_k")]
    [InlineData("zoo", "mamba-micro-quantised", "logits.zoo")]
    public void Logits_are_those_of_the_reference(string file, string golden, string tensor)
    {
        using var model = TextModel.Open(Golden.Path("gguf", $"mamba-micro-{file}.gguf"), threads: 2);
        using var expected = Checkpoint.Open(Golden.Path("gguf", golden + ".expected.safetensors"));
        var ids = Array.ConvertAll(expected.ReadInt64s("input_ids"), id => (int)id);
        using var trace = model.Model.Forward(
            new Mambascope.Autodiff.Tape<float>(model.Workers, new BufferPool<float>(), isRecording: false),
                TokenBatch.Of(ids), ScorePositions.All);
        Golden.AssertClose(tensor, Array.ConvertAll(trace.Logits.Data.ToArray(), value => (double)value), expected.Read(tensor), 2e-5);
    }

    [Fact]
    public void Quantised_matrices_stay_so()
    {
        using var model = TextModel.Open(Golden.Path("gguf", "mamba-micro-q4_k.gguf"), threads: 1);
        var weights = ((Mamba)model.Model).Weights;
        Assert.Equal(
            (WeightFormat.Q4_K, WeightFormat.ScaledBytes, WeightFormat.F16),
            (weights.Blocks[0].InProj.Format, weights.Blocks[0].OutProj.Format, weights.Blocks[0].DtProj.Format));
        Assert.Equal("Mamba", model.Model.Facts.Kind);
    }

    [Fact]
    public void A_small_model_explains_a_text()
    {
        using var model = TextModel.Open(folder.Write("tiny.gguf", TinyGguf.Mamba()), threads: 2);
        using var run = model.Run("and the rest 🐍");
        var map = run.Explain("attribution");
        Assert.Equal(run.Tokens.Count, map.Values.Length);
    }

    // Rows of q, k and v stand apart in the file, those of a head beside each other in Hugging Face's matrix; quantised rows move whole.
    [Fact]
    public void GptNeoX_rows_are_put_back_by_head()
    {
        const int Heads = 2, Width = 32;
        var rows = Enumerable.Range(0, 3 * Width).SelectMany(row => Enumerable.Repeat((float)row, Width)).ToArray();
        var column = Enumerable.Range(0, 3 * Width).Select(row => (float)row).ToArray();
        using var file = Open(new GgufBuilder().Add("general.architecture", "gptneox").Add("gptneox.block_count", 1u)
            .Add("gptneox.attention.head_count", (uint)Heads)
            .Add("gptneox.embedding_length", (uint)Width).Add("gptneox.rope.dimension_count", 4u)
            .AddTensor("blk.0.attn_qkv.weight", rows, 3 * Width, Width).AddTensor("blk.0.attn_qkv.bias", column, 3 * Width));
        var (checkpoint, config) = GgufModel.Translate(file);
        var found = checkpoint.ReadSingles("gpt_neox.layers.0.attention.query_key_value.weight");
        var bias = checkpoint.ReadSingles("gpt_neox.layers.0.attention.query_key_value.bias");
        for (var row = 0; row < 3 * Width; row++)
        {
            var (head, kind, channel) = (row / 48, row / 16 % 3, row % 16);
            Assert.Equal((kind * Width) + (head * 16) + channel, bias[row]);
            Assert.Equal(bias[row], found[row * Width]);
        }

        Assert.Equal((0.25, "gpt_neox"), (config.GetDouble("rotary_pct"), config.GetString("model_type")));
    }

    // Row (head, a, b) of the original stands at (head, b, a); keys have fewer heads.
    [Fact]
    public void Llama_rows_are_turned_back()
    {
        using var file = Open(new GgufBuilder().Add("general.architecture", "llama").Add("llama.block_count", 1u)
            .Add("llama.attention.head_count", 2u).Add("llama.attention.head_count_kv", 1u)
            .AddTensor("blk.0.attn_q.weight", [.. Enumerable.Range(0, 16).Select(row => (float)row)], 16, 1)
            .AddTensor("blk.0.attn_k.weight", [0, 1, 2, 3, 4, 5, 6, 7], 8, 1));
        var (checkpoint, _) = GgufModel.Translate(file);
        Assert.Equal(
            [0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15], checkpoint.ReadSingles("model.layers.0.self_attn.q_proj.weight"));
        Assert.Equal([0, 2, 4, 6, 1, 3, 5, 7], checkpoint.ReadSingles("model.layers.0.self_attn.k_proj.weight"));
    }

    [Fact]
    public void Mamba2_shapes_and_decay_come_back()
    {
        using var file = Open(new GgufBuilder().Add("general.architecture", "mamba2").Add("mamba2.block_count", 1u)
            .Add("mamba2.ssm.group_count", 2u)
            .AddTensor("blk.0.ssm_a", [-1, -2], 2, 1).AddTensor("blk.0.ssm_d", [3, 4], 2, 1)
            .AddTensor("blk.0.ssm_norm.weight", new float[8], 2, 4).AddTensor("blk.0.ssm_conv1d.weight", new float[24], 6, 4));
        var (checkpoint, config) = GgufModel.Translate(file);
        const string Mixer = "backbone.layers.0.mixer.";
        Assert.Equal([0f, MathF.Log(2)], checkpoint.ReadSingles(Mixer + "A_log", 2));
        Assert.Equal([3f, 4f], checkpoint.ReadSingles(Mixer + "D", 2));
        Assert.Equal(8, checkpoint.ReadSingles(Mixer + "norm.weight", 8).Length);
        Assert.Equal(24, checkpoint.ReadSingles(Mixer + "conv1d.weight", 6, 1, 4).Length);
        Assert.Equal(2, config.GetInt32("n_groups"));
    }

    [Theory]
    [InlineData("f32", 32, 32)]
    [InlineData("q4_k", 6.1560, 6.1561)]
    public void Bits_of_a_value_are_counted(string file, double least, double most)
    {
        using var checkpoint = Checkpoint.Open(Golden.Path("gguf", $"mamba-micro-{file}.gguf"));
        Assert.InRange(checkpoint.BitsPerWeight, least, most);
    }

    // Granite keeps gate and up in one matrix, of every expert; the file has them apart.
    [Fact]
    public void Halves_of_granite_are_joined()
    {
        using var file = Open(new GgufBuilder().Add("general.architecture", "granitehybrid").Add("granitehybrid.block_count", 2u)
            .Add("granitehybrid.attention.head_count", 1u)
            .Add("granitehybrid.attention.head_count_kv", (int[])[0, 1]).Add("granitehybrid.logit_scale", 8f)
            .Add("granitehybrid.rope.scaling.finetuned", false)
            .AddTensor("blk.0.ffn_gate_exps.weight", [1, 2, 3, 4], 2, 2, 1).AddTensor("blk.0.ffn_up_exps.weight", [5, 6, 7, 8], 2, 2, 1)
            .AddTensor("blk.0.ffn_gate_shexp.weight", [1, 2], 2, 1).AddTensor("blk.0.ffn_up_shexp.weight", [3, 4], 2, 1));
        var (checkpoint, config) = GgufModel.Translate(file);
        Assert.Equal([1, 2, 5, 6, 3, 4, 7, 8], checkpoint.ReadSingles("model.layers.0.block_sparse_moe.input_linear.weight", 2, 4, 1));
        Assert.Equal([1, 2, 3, 4], checkpoint.ReadSingles("model.layers.0.shared_mlp.input_linear.weight", 4, 1));
        Assert.Equal(
            ("granitemoehybrid", 8, "nope"),
            (config.GetString("model_type"), config.GetDouble("logits_scaling"), config.GetString("position_embedding_type")));
    }

    [Fact]
    public void Kinds_of_layers_come_from_the_heads_and_widths()
    {
        using var nemotron = Open(new GgufBuilder().Add("general.architecture", "nemotron_h").Add("nemotron_h.block_count", 4u)
            .Add("nemotron_h.attention.head_count_kv", (int[])[0, 0, 2, 0]).Add("nemotron_h.feed_forward_length", (int[])[0, 64, 0, 0])
            .AddTensor("blk.3.ffn_gate_inp.weight", [1], 1, 1));
        Assert.Equal("M-*E", GgufModel.Translate(nemotron).Config.GetString("hybrid_override_pattern"));

        using var jamba = Open(new GgufBuilder().Add("general.architecture", "jamba").Add("jamba.block_count", 8u)
            .Add("jamba.attention.head_count_kv", (int[])[0, 1, 0, 0, 0, 1, 0, 0]));
        var config = GgufModel.Translate(jamba).Config;
        Assert.Equal((4, 1), (config.GetInt32("attn_layer_period"), config.GetInt32("attn_layer_offset")));

        using var bamba = Open(new GgufBuilder().Add("general.architecture", "granitehybrid").Add("granitehybrid.block_count", 3u)
            .Add("granitehybrid.attention.head_count_kv", (int[])[0, 1, 0]));
        Assert.Equal("bamba", GgufModel.Translate(bamba).Config.GetString("model_type"));
        Assert.Equal([1.0], GgufModel.Translate(bamba).Config.GetDoubles("attn_layer_indices")!);
        Assert.Contains("expected them at equal distances", Refusal(new GgufBuilder().Add("general.architecture", "jamba")
            .Add("jamba.block_count", 4u).Add("jamba.attention.head_count_kv", (int[])[1, 1, 0, 1])), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_is_refused()
    {
        Assert.Contains("general.architecture is \"bert\", expected one of mamba,", Refusal(new GgufBuilder()
            .Add("general.architecture", "bert")), StringComparison.Ordinal);
        Assert.Contains("general.architecture is missing", Refusal(new GgufBuilder()), StringComparison.Ordinal);
        Assert.Contains("mamba.block_count is missing", Refusal(new GgufBuilder()
            .Add("general.architecture", "mamba")), StringComparison.Ordinal);
        Assert.Contains("expected F32: decay rates", Refusal(new GgufBuilder().Add("general.architecture", "mamba")
            .Add("mamba.block_count", 1u).AddTensor("blk.0.ssm_a", 1, new byte[8], 4)), StringComparison.Ordinal);
        Assert.Contains("do not belong to 0 query", Refusal(new GgufBuilder().Add("general.architecture", "gptneox")
            .Add("gptneox.block_count", 1u).AddTensor("blk.0.attn_qkv.bias", new float[3], 3)), StringComparison.Ordinal);
    }

    private Checkpoint Open(GgufBuilder file) => Checkpoint.Open(folder.Write("model.gguf", file.Build()));

    private string Refusal(GgufBuilder file)
    {
        var path = folder.Write("model.gguf", file.Build());
        return TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => LanguageModels.Open(path)));
    }
}
