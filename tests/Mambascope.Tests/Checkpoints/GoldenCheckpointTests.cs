using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public sealed class GoldenCheckpointTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "vim-micro");

    [Fact]
    public void The_pth_file_holds_the_safetensors_file_bit_for_bit()
    {
        using var safetensors = Checkpoint.Open(Path.Combine(Folder, "model.safetensors"));
        using var pth = Checkpoint.Open(Path.Combine(Folder, "model.pth"));

        Assert.Equal(109, safetensors.Tensors.Count);
        Assert.Equal(safetensors.Tensors.Keys.Order(StringComparer.Ordinal), pth.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((var name, var tensor) in safetensors.Tensors)
        {
            Assert.Equal(tensor.ToString(), pth.Tensors[name].ToString());
            Assert.True(safetensors.ReadBytes(name).AsSpan().SequenceEqual(pth.ReadBytes(name)), $"{tensor} differs");
        }
    }

    [Fact]
    public void A_folder_opens_its_model_safetensors()
    {
        using var checkpoint = Checkpoint.Open(Folder);

        Assert.Equal(Path.Combine(Folder, "model.safetensors"), checkpoint.Path);
        Assert.Equal("pt", checkpoint.Metadata["format"]);
        Assert.Equal([1, 197, 32], checkpoint.Tensors["pos_embed"].Shape);
        Assert.Equal(197 * 32, checkpoint.ReadSingles("pos_embed", 1, 197, 32).Length);
        Assert.All(checkpoint.ReadDoubles("norm_f.weight"), value => Assert.InRange(value, 0.1, 3));
    }

    [Fact]
    public void Several_threads_read_the_same_values()
    {
        foreach (var file in (string[])["model.safetensors", "model.pth"])
        {
            using var checkpoint = Checkpoint.Open(Path.Combine(Folder, file));
            string[] names = [.. checkpoint.Tensors.Keys];
            byte[][] alone = [.. names.Select(checkpoint.ReadBytes)];

            Parallel.For(0, 8 * names.Length, i => Assert.Equal(alone[i % names.Length], checkpoint.ReadBytes(names[i % names.Length])));
        }
    }

    [Fact]
    public void A_missing_tensor_is_named_with_the_closest_ones()
    {
        using var checkpoint = Checkpoint.Open(Folder);

        var message = TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("layers.0.mixer.A_logs")));

        Assert.StartsWith(
            $"tensor layers.0.mixer.A_logs is missing in {checkpoint.Path}; the closest names are layers.0.mixer.A_log, ",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
    {
        using var checkpoint = Checkpoint.Open(Folder);

        var error = Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("head.weight", 1000, 32));

        Assert.Equal($"tensor head.weight in {checkpoint.Path} has shape (10, 32), expected (1000, 32)", error.Message);
    }

    [Fact]
    public void A_tensor_of_another_kind_of_type_is_refused()
    {
        using var checkpoint = Checkpoint.Open(Folder);

        var error = Assert.Throws<BadInputException>(() => checkpoint.ReadInt64s("head.weight"));

        Assert.Equal($"tensor head.weight in {checkpoint.Path} is F32, expected an integer type (I64, I32, U8, BOOL)", error.Message);
    }

    [Fact]
    public void The_config_says_the_sizes()
    {
        var config = ConfigFile.Load(Path.Combine(Folder, "config.json"));

        Assert.Equal("vim", config.GetString("model_type"));
        Assert.Equal(32, config.GetInt32("hidden_size"));
        Assert.Equal(12, config.GetInt32("absent", 12));
    }
}
