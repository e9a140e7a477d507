using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_type_survives()
    {
        int[] shape = [2, 3];
        bool[] flags = [true, false];
        float[] singles = [1.5f, -0.25f, 65504, 0, float.PositiveInfinity, float.NaN];
        new SafetensorsWriter()
            .Add("f64", [2], new double[] { Math.PI, double.NaN })
            .Add("f32", shape, singles)
            .Add("f16", [6], singles, TensorType.F16)
            .Add("bf16", [3, 1, 2], singles, TensorType.BF16)
            .Add("i64", [2], new long[] { long.MinValue, 7 })
            .Add("i32", [1, 2], new int[] { int.MinValue, 7 })
            .Add("u8", [3], new byte[] { 0, 200, 255 })
            .Add("bool", [2], flags)
            .Add("scalar", [], new float[] { 3 })
            .Add("empty", [0, 5], Array.Empty<float>())
            .Add("Δ \"quoted\"", [20_001], Enumerable.Range(0, 20_001).Select(i => (float)i).ToArray(), TensorType.F16)
            .AddMetadata("note", "two\nlines")
            .Save(folder.File("a.safetensors"));

        using var checkpoint = Checkpoint.Open(folder.File("a.safetensors"));

        Assert.Equal(11, checkpoint.Tensors.Count);
        Assert.Equal("two\nlines", checkpoint.Metadata["note"]);
        Assert.Equal([Math.PI, double.NaN], checkpoint.ReadDoubles("f64"));
        Assert.Equal([(float)Math.PI, float.NaN], checkpoint.ReadSingles("f64", 2));
        Assert.Equal(singles, checkpoint.ReadSingles("f32", 2, 3));
        Assert.Equal(singles.Select(value => (double)value), checkpoint.ReadDoubles("f32"));
        Assert.Equal(singles, checkpoint.ReadSingles("f16", 6));
        Assert.Equal(singles.Select(value => value == 65504 ? 65536 : value), checkpoint.ReadSingles("bf16", 3, 1, 2));
        Assert.Equal([long.MinValue, 7], checkpoint.ReadInt64s("i64"));
        Assert.Equal([int.MinValue, 7], checkpoint.ReadInt64s("i32"));
        Assert.Equal([0, 200, 255], checkpoint.ReadBytes("u8"));
        Assert.Equal([0, 200, 255], checkpoint.ReadInt64s("u8"));
        Assert.Equal([1, 0], checkpoint.ReadInt64s("bool"));
        Assert.Equal([3], checkpoint.ReadSingles("scalar", []));
        Assert.Empty(checkpoint.ReadSingles("empty", 0, 5));
        Assert.Equal((float)(Half)20_000, checkpoint.ReadSingles("Δ \"quoted\"")[20_000]);
        Assert.Throws<BadInputException>(() => checkpoint.ReadSingles("u8"));
        Assert.Throws<BadInputException>(() => checkpoint.ReadDoubles("i64"));
    }

    [Fact]
    public void The_file_does_not_depend_on_the_order_of_adding()
    {
        var one = new SafetensorsWriter()
            .Add("b", [1], new byte[] { 1 })
            .Add("a", [1], new float[] { 2 })
            .Add("c", [1], new float[] { 3 })
            .AddMetadata("x", "1")
            .AddMetadata("y", "2");
        var other = new SafetensorsWriter()
            .AddMetadata("y", "2")
            .AddMetadata("x", "1")
            .Add("c", [1], new float[] { 3 })
            .Add("a", [1], new float[] { 2 })
            .Add("b", [1], new byte[] { 1 });
        one.Save(folder.File("1.safetensors"));
        other.Save(folder.File("2.safetensors"));

        var bytes = File.ReadAllBytes(folder.File("1.safetensors"));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("2.safetensors")));

        // Header padded to eight bytes, then the singles before the byte.
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
        Assert.Equal([0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 1], bytes[^9..]);
    }

    [Fact]
    public void No_tensors_make_a_file_too()
    {
        new SafetensorsWriter().Save(folder.File("a.safetensors"));
        using var checkpoint = Checkpoint.Open(folder.File("a.safetensors"));
        Assert.Empty(checkpoint.Tensors);
        Assert.Contains("holds no tensors", Assert.Throws<BadInputException>(() => checkpoint.Find("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var file = folder.Write("a.bin", "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(file, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("stopped");
        }));

        Assert.Equal("old", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_reported()
    {
        var file = folder.File("none/a.safetensors");
        var error = Assert.Throws<BadInputException>(() => new SafetensorsWriter().Save(file));
        Assert.StartsWith($"{file} cannot be written", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_calls_are_refused()
    {
        var writer = new SafetensorsWriter().Add("a", [1], new float[] { 1 });
        Assert.Throws<ArgumentException>(() => writer.Add("a", [1], new float[] { 1 }));
        Assert.Throws<ArgumentException>(() => writer.Add("b", [2], new float[] { 1 }));
        Assert.Throws<ArgumentException>(() => writer.Add("b", [-1], new float[] { 1 }));
        Assert.Throws<ArgumentException>(() => writer.Add("b", [1], new float[] { 1 }, TensorType.I64));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1], new float[] { 1 }));
    }
}
