using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>Which file of a folder is opened, and checkpoints over several files.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_are_preferred_in_the_documented_order()
    {
        // From the least preferred to the most: each new file wins over those before.
        PyTorch("model.pt");
        Opens("model.pt");
        PyTorch("vim.pth");
        Opens("vim.pth");
        PyTorch("pytorch_model.bin");
        Opens("pytorch_model.bin");
        Safetensors("other.safetensors", "w");
        Opens("other.safetensors");
        Index("model.safetensors.index.json", ("w", "other.safetensors"));
        Opens("model.safetensors.index.json");
        Safetensors("model.safetensors", "w");
        Opens("model.safetensors");
    }

    [Fact]
    public void Several_candidates_are_refused_by_name()
    {
        Safetensors("b.safetensors", "w");
        Safetensors("a.safetensors", "w");

        Assert.Equal(
            $"{folder.Path} holds 2 files *.safetensors (a.safetensors, b.safetensors) and no model.safetensors: name the file that is "
                + "meant.",
            TemporaryFolder.OpenFails(folder.Path));
    }

    [Fact]
    public void An_empty_folder_and_an_absent_path_are_named()
    {
        Assert.StartsWith($"{folder.Path} holds no weights", TemporaryFolder.OpenFails(folder.Path), StringComparison.Ordinal);
        Assert.Equal(
            $"{folder.File("none")} was not found: there is no such file or folder", TemporaryFolder.OpenFails(folder.File("none")));
        TemporaryFolder.OpenFails("");
        TemporaryFolder.OpenFails("a\0b");
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        Assert.Contains(
            "is not a checkpoint", TemporaryFolder.OpenFails(folder.Write("readme.md", "# Not a model")), StringComparison.Ordinal);
        Assert.Contains("is not a checkpoint", TemporaryFolder.OpenFails(folder.Write("empty", "")), StringComparison.Ordinal);
        Assert.Contains(
            "is not a PyTorch file",
            TemporaryFolder.OpenFails(folder.Write("a.pth", "version https://git-lfs")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_content_decides_and_not_the_ending()
    {
        Safetensors("really-safetensors.bin", "w");
        using var checkpoint = Checkpoint.Open(folder.File("really-safetensors.bin"));
        Assert.Equal([1], checkpoint.ReadSingles("w", 1));
    }

    [Fact]
    public void Shards_act_as_one_checkpoint()
    {
        Safetensors("model-00001-of-00002.safetensors", "a", "unlisted");
        Safetensors("model-00002-of-00002.safetensors", "b", "c");
        Index(
            "model.safetensors.index.json",
            ("a", "model-00001-of-00002.safetensors"),
            ("b", "model-00002-of-00002.safetensors"),
            ("c", "model-00002-of-00002.safetensors"));

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal("a, b, c", TemporaryFolder.Names(checkpoint));
        Assert.Equal([1], checkpoint.ReadSingles("b", 1));
        var error = Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("c", 2));
        Assert.Equal($"tensor c in {folder.File("model-00002-of-00002.safetensors")} has shape (1), expected (2)", error.Message);
    }

    [Fact]
    public void Damaged_indexes_are_refused()
    {
        Safetensors("s.safetensors", "layer.weight");
        Assert.Equal(
            $"tensor layer.weigth is missing in {folder.File("s.safetensors")}; the closest names are layer.weight",
            IndexFails("""{"weight_map":{"layer.weigth":"s.safetensors"}}"""));
        Assert.Contains(
            "none.safetensors was not found", IndexFails("""{"weight_map":{"a":"none.safetensors"}}"""), StringComparison.Ordinal);
        Assert.Contains("has no weight_map", IndexFails("""{"weights":{}}"""), StringComparison.Ordinal);
        Assert.Contains("has no weight_map", IndexFails("[]"), StringComparison.Ordinal);
        Assert.Contains("is damaged", IndexFails("""{"weight_map":"""), StringComparison.Ordinal);
        Assert.Contains("is damaged", IndexFails("""{"weight_map":{"\ud800":"s.safetensors"}}"""), StringComparison.Ordinal);
        Assert.Contains(
            "twice",
            IndexFails("""{"weight_map":{"layer.weight":"s.safetensors","layer.weight":"s.safetensors"}}"""),
            StringComparison.Ordinal);
        Assert.Contains("name of a weight file", IndexFails("""{"weight_map":{"a":7}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../s.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\\\s.safetensors")]
    [InlineData("..")]
    [InlineData("m.safetensors.index.json")]
    public void An_index_opens_nothing_outside_its_folder_and_no_other_index(string shard)
    {
        Assert.Contains(
            "expected the name of a weight file in the same folder",
            IndexFails($$$"""{"weight_map":{"a":"{{{shard}}}"}}"""),
            StringComparison.Ordinal);
    }

    private void Opens(string name)
    {
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(folder.File(name), checkpoint.Path);
        Assert.Equal([1], checkpoint.ReadSingles("w", 1));
    }

    private string IndexFails(string json) => TemporaryFolder.OpenFails(folder.Write("m.safetensors.index.json", json));

    private void Index(string name, params (string Tensor, string Shard)[] map)
    {
        folder.Write(
            name,
            $$$"""{"metadata":{"total_size":4},"weight_map":{{{{string.Join(",", map.Select(entry => $"\"{entry.Tensor}\":\"{entry.Shard}\""))}}}}}""");
    }

    private void Safetensors(string name, params string[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var tensor in tensors)
        {
            writer.Add(tensor, [1], new float[] { 1 });
        }

        writer.Save(folder.File(name));
    }

    private void PyTorch(string name)
        => folder.Write(
            name,
            PyTorchZip.Build(new PickleBuilder().Code("}(").Entry("w", "FloatStorage", "0", 1).Code("u").Stop(), ("0", new float[] { 1 })));
}
