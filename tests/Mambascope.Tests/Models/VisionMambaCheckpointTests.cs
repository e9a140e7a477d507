using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Sizes come from shapes; what is missing, misshapen or not a number is named.</summary>
public sealed class VisionMambaCheckpointTests : IDisposable
{
    private static readonly VisionMambaConfig tiny = new()
    {
        ImageSize = 12,
        PatchSize = 4,
        Stride = 4,
        Width = 8,
        Depth = 2,
        InnerWidth = 12,
        StateSize = 3,
        ConvWidth = 3,
        DtRank = 2,
        Classes = 5,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    [Theory]
    [InlineData(ClassTokenKind.Middle, 3)]
    [InlineData(ClassTokenKind.Middle, 1)]
    [InlineData(ClassTokenKind.MeanPool, 3)]
    public void Sizes_are_inferred_from_the_shapes(ClassTokenKind classToken, int channels)
    {
        var config = tiny with { ClassToken = classToken, Channels = channels };
        using var checkpoint = Checkpoint.Open(Write(config));
        Assert.Equal(config, VisionMambaCheckpoint.Load(checkpoint, config: null).Config);
    }

    [Fact]
    public void A_grid_of_27_by_27_patches_of_16_pixels_is_224_pixels_at_stride_8()
    {
        var config = tiny with { ImageSize = 224, PatchSize = 16, Stride = 8, Depth = 1 };
        Assert.Equal(730, config.Length);
        Assert.Equal(364, config.ClassTokenIndex);
        using var checkpoint = Checkpoint.Open(Write(config));
        Assert.Equal(config, VisionMambaCheckpoint.Load(checkpoint, config: null).Config);
    }

    [Fact]
    public void The_config_settles_what_shapes_cannot_tell()
    {
        var config = tiny with { ImageSize = 10, Stride = 3, ClassToken = ClassTokenKind.First, HalveDirections = false };
        using var checkpoint = Checkpoint.Open(Write(config));
        var stated = Config("""{"image_size": 10, "stride": 3, "class_token": "first", "if_divide_out": false, "hidden_size": 8}""");
        Assert.Equal(config, VisionMambaCheckpoint.Load(checkpoint, stated).Config);
    }

    [Theory]
    [InlineData("layers.1.mixer.x_proj_b.weight", "layers.1.mixer.x_proj_b.weight")]
    [InlineData("pos_embed", "pos_embed")]
    [InlineData("head.weight", "backbone without a classifier")]
    public void A_missing_tensor_is_named(string missing, string said) => AssertRefused(Write(tiny, skip: missing), said);

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
        => AssertRefused(
            Write(tiny, shape: (name, shape) => name == "layers.1.mixer.D_b" ? [3, 4] : shape), "layers.1.mixer.D_b", "(3, 4)", "(12)");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_value_that_is_not_a_number_is_named(float value)
        => AssertRefused(
            Write(tiny, change: (name, data) => data[1] = name == "norm_f.weight" ? value : data[1]), "norm_f.weight", "position 1");

    [Fact]
    public void A_tensor_that_belongs_nowhere_is_refused()
        => AssertRefused(Write(tiny, extra: "layers.0.norm.bias"), "layers.0.norm.bias", "not supported");

    [Fact]
    public void Two_class_tokens_are_refused_in_words() => AssertRefused(Write(tiny, extra: "cls_token_head"), "two class tokens");

    [Theory]
    [InlineData("""{"hidden_size": 9}""", "hidden_size = 9")]
    [InlineData("""{"image_size": 13, "stride": 1}""", "pos_embed has 10 tokens")]
    [InlineData("""{"stride": 0}""", "stride 0")]
    [InlineData("""{"class_token": "last"}""", "\"last\"")]
    public void A_config_that_contradicts_the_tensors_is_refused(string config, string said)
        => AssertRefused(Write(tiny), Config(config), said);

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        using var checkpoint = Checkpoint.Open(Write(tiny));
        var model = VisionMambaCheckpoint.Load(checkpoint, config: null);
        using var workers = new Workers(1);
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        var error = Assert.Throws<BadInputException>(() => { model.Forward(tape, Activation<float>.Zeros(1, 3 * 12, 13)); });
        Assert.Contains("3 x 12 x 12", error.Message, StringComparison.Ordinal);
    }

    private string Write(
        VisionMambaConfig config, string? skip = null, string? extra = null, Func<string, int[], int[]>? shape = null,
        Action<string, float[]>? change = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in new VisionMambaWeights(config, RandomWeights.Source(1)).All.Where(w => w.Name != skip))
        {
            var data = (float[])weight.Values<float>().Clone();
            if (data.Length > 1)
            {
                change?.Invoke(weight.Name, data);
            }

            writer.Add(weight.Name, shape?.Invoke(weight.Name, [.. weight.Shape]) ?? [.. weight.Shape], data);
        }

        if (extra is not null)
        {
            writer.Add(extra, [2], new float[2]);
        }

        var path = Path.Combine(folder, "model.safetensors");
        writer.Save(path);
        return path;
    }

    private ConfigFile Config(string text)
    {
        var path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, text);
        return ConfigFile.Load(path);
    }

    private static void AssertRefused(string path, params string[] said) => AssertRefused(path, config: null, said);

    private static void AssertRefused(string path, ConfigFile? config, params string[] said)
    {
        using var checkpoint = Checkpoint.Open(path);
        var message = Assert.Throws<BadInputException>(() => VisionMambaCheckpoint.Load(checkpoint, config)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
