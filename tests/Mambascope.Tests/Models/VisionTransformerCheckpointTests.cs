using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>timm and Hugging Face names give the same model; what is missing, misshapen or of another kind is named.</summary>
public sealed class VisionTransformerCheckpointTests : IDisposable
{
    private static readonly VisionTransformerConfig tiny = new()
    {
        ImageSize = 12,
        PatchSize = 4,
        Width = 128,
        Depth = 2,
        Heads = 2,
        MlpWidth = 48,
        Classes = 5,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    [Fact]
    public void Sizes_are_inferred_from_the_shapes_with_heads_of_64()
    {
        using var checkpoint = Checkpoint.Open(Write());
        Assert.Equal(tiny, VisionTransformerCheckpoint.Load(checkpoint, config: null).Config);
    }

    [Fact]
    public void The_config_settles_heads_and_epsilon()
    {
        using var checkpoint = Checkpoint.Open(Write());
        var model = VisionTransformerCheckpoint.Load(
            checkpoint, Config("""{"num_attention_heads": 4, "layer_norm_eps": 1e-5, "hidden_size": 128}"""));
        Assert.Equal(tiny with { Heads = 4, NormEpsilon = 1e-5f }, model.Config);
    }

    [Theory]
    [InlineData("vit")]
    [InlineData("deit")]
    public void Hugging_Face_names_give_the_same_scores(string prefix)
    {
        using var timm = Checkpoint.Open(Write());
        var expected = Scores(VisionTransformerCheckpoint.Load(timm, config: null));
        using var checkpoint = Checkpoint.Open(WriteHuggingFace(prefix));
        Assert.True(VisionTransformerCheckpoint.Matches(checkpoint));
        var model = VisionTransformerCheckpoint.Load(checkpoint, Config("""{"layer_norm_eps": 1e-6}"""));
        Assert.Equal(expected, Scores(model));
        Assert.Equal(1e-12f, VisionTransformerCheckpoint.Load(checkpoint, config: null).Config.NormEpsilon);
    }

    [Theory]
    [InlineData("blocks.1.mlp.fc2.bias", "blocks.1.mlp.fc2.bias")]
    [InlineData("pos_embed", "pos_embed")]
    [InlineData("head.weight", "backbone without a classifier")]
    public void A_missing_tensor_is_named(string missing, string said) => AssertRefused(Write(skip: missing), config: null, said);

    [Theory]
    [InlineData("dist_token", "distilled")]
    [InlineData("head_dist.weight", "distilled")]
    [InlineData("deit.embeddings.distillation_token", "distilled")]
    [InlineData("blocks.0.ls1.gamma", "not supported")]
    public void Another_kind_is_refused_in_words(string extra, string said)
        => AssertRefused(Write(extra: extra), config: null, extra, said);

    [Theory]
    [InlineData("""{"hidden_size": 9}""", "hidden_size = 9")]
    [InlineData("""{"image_size": 224}""", "image_size = 224")]
    [InlineData("""{"num_attention_heads": 3}""", "3 heads")]
    [InlineData("""{"num_attention_heads": 0}""", "0 heads")]
    [InlineData("""{"hidden_act": "quick_gelu"}""", "quick_gelu")]
    public void A_config_that_contradicts_the_tensors_is_refused(string config, string said)
        => AssertRefused(Write(), Config(config), said);

    [Fact]
    public void A_value_that_is_not_a_number_is_named()
        => AssertRefused(
            Write(change: (name, data) => data[1] = name == "norm.weight" ? float.NaN : data[1]),
            config: null,
            "norm.weight",
            "position 1");

    private static float[] Scores(VisionTransformer model)
    {
        using var workers = new Workers(1);
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        var pixels = Activation<float>.Of([.. Enumerable.Range(0, 3 * 12 * 12).Select(i => MathF.Sin(i))], 1, 36, 12);
        return model.Forward(tape, pixels).Logits.Data.ToArray();
    }

    private string Write(string? skip = null, string? extra = null, Action<string, float[]>? change = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in new VisionTransformerWeights(tiny, RandomWeights.Source(1)).All.Where(w => w.Name != skip))
        {
            change?.Invoke(weight.Name, weight.Values<float>());
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        if (extra is not null)
        {
            writer.Add(extra, [2], new float[2]);
        }

        return Save(writer, "timm.safetensors");
    }

    // The names as transformers writes them, spelled out here and not derived by the loader's rules.
    private string WriteHuggingFace(string prefix)
    {
        var w = new VisionTransformerWeights(tiny, RandomWeights.Source(1));
        var writer = new SafetensorsWriter();
        Add("embeddings.cls_token", w.ClassToken);
        Add("embeddings.position_embeddings", w.Positions);
        Add("embeddings.patch_embeddings.projection.weight", w.PatchProjection);
        Add("embeddings.patch_embeddings.projection.bias", w.PatchBias);
        foreach (var (i, b) in w.Blocks.Index())
        {
            var at = $"encoder.layer.{i}.";
            Add(at + "layernorm_before.weight", b.Norm1);
            Add(at + "layernorm_before.bias", b.Norm1Bias);
            foreach (var (k, part) in new[] { "query", "key", "value" }.Index())
            {
                writer.Add(
                    $"{prefix}.{at}attention.attention.{part}.weight",
                    [128, 128],
                    b.Qkv.Values<float>()[(k * 128 * 128)..((k + 1) * 128 * 128)]);
                writer.Add($"{prefix}.{at}attention.attention.{part}.bias", [128], b.QkvBias.Values<float>()[(k * 128)..((k + 1) * 128)]);
            }

            Add(at + "attention.output.dense.weight", b.Projection);
            Add(at + "attention.output.dense.bias", b.ProjectionBias);
            Add(at + "layernorm_after.weight", b.Norm2);
            Add(at + "layernorm_after.bias", b.Norm2Bias);
            Add(at + "intermediate.dense.weight", b.Fc1);
            Add(at + "intermediate.dense.bias", b.Fc1Bias);
            Add(at + "output.dense.weight", b.Fc2);
            Add(at + "output.dense.bias", b.Fc2Bias);
        }

        Add("layernorm.weight", w.FinalNorm);
        Add("layernorm.bias", w.FinalNormBias);
        writer.Add($"{prefix}.pooler.dense.bias", [128], new float[128]);
        writer.Add("classifier.weight", [5, 128], w.Head.Values<float>());
        writer.Add("classifier.bias", [5], w.HeadBias.Values<float>());
        return Save(writer, "huggingface.safetensors");

        void Add(string name, Weight weight) => writer.Add($"{prefix}.{name}", [.. weight.Shape], weight.Values<float>());
    }

    private string Save(SafetensorsWriter writer, string name)
    {
        var path = Path.Combine(folder, name);
        writer.Save(path);
        return path;
    }

    private ConfigFile Config(string text)
    {
        var path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, text);
        return ConfigFile.Load(path);
    }

    private static void AssertRefused(string path, ConfigFile? config, params string[] said)
    {
        using var checkpoint = Checkpoint.Open(path);
        var message = Assert.Throws<BadInputException>(() => VisionTransformerCheckpoint.Load(checkpoint, config)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
