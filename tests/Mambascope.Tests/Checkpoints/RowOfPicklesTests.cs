using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>Files of torch.save before PyTorch 1.6; the seeds of the fuzzer were pickled by Python.</summary>
public sealed class RowOfPicklesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("protocol-2.pth")]
    [InlineData("protocol-3.pth")]
    public void Tensors_are_read(string name)
    {
        using var checkpoint = Checkpoint.Open(folder.Write("old.pth", Seed(name)));

        Assert.Equal("half, ids, layers.0.A_log, small, view", TemporaryFolder.Names(checkpoint));
        Assert.Equal([0, 1, 2, 3, 4, 5], checkpoint.ReadSingles("layers.0.A_log", 3, 2));
        Assert.Equal([1, 4, 2, 5], checkpoint.ReadSingles("view", 2, 2));
        Assert.Equal([1, 0, 2, -0f], checkpoint.ReadSingles("half", 4));
        Assert.Equal([1, 2, -3], checkpoint.ReadInt64s("ids"));
        Assert.Equal("int8", checkpoint.Find("small").TypeName);
    }

    [Fact]
    public void A_file_cut_at_any_length_is_refused()
    {
        var whole = Seed("protocol-2.pth");
        for (var length = 0; length < whole.Length; length++)
        {
            TemporaryFolder.OpenFails(folder.Write("old.pth", whole[..length]));
        }
    }

    [Fact]
    public void Nothing_in_it_is_run()
    {
        var canary = folder.File("canary");
        byte[] magic =
        [
            0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.', 0x80, 2,
            (byte)'M', 0xE9, 3, (byte)'.',
        ];
        var command = new PickleBuilder().Global("os", "system").Code("(").Text("touch " + canary).Code("tR").Stop();

        TemporaryFolder.OpenFails(
            folder.Write(
                "old.pth", [.. magic, .. new PickleBuilder().Code("}").Stop(), .. command, .. new PickleBuilder().Code("]").Stop()]));
        TemporaryFolder.OpenFails(folder.Write("old.pth", [.. magic, .. command]));

        Assert.False(File.Exists(canary));
    }

    [Fact]
    public void A_storage_longer_than_the_file_and_a_big_endian_machine_are_refused()
    {
        var file = Seed("protocol-2.pth");
        var count = file.AsSpan().LastIndexOf(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF });
        file[count + 5] = 1;
        Assert.Contains(
            "announces 1,099,511,627,778 values for its storage 3, but 2 bytes follow",
            TemporaryFolder.OpenFails(folder.Write("old.pth", file)),
            StringComparison.Ordinal);

        file = Seed("protocol-2.pth");
        file[file.AsSpan().IndexOf("little_endian"u8) + "little_endian".Length + 2] = 0x89; // False
        Assert.Contains(
            "was saved on a big-endian machine", TemporaryFolder.OpenFails(folder.Write("old.pth", file)), StringComparison.Ordinal);
    }

    private static byte[] Seed(string name)
        => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", "torch-old", name));
}
