using System.Text;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public sealed class SafetensorsDefectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // Offsets.
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        4,
        "tensor w in FILE has data_offsets [0, 8], but only 4 bytes of data follow the header: the file is truncated")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[9223372036854775799,9223372036854775807]}}""",
        8,
        "truncated or the offsets are out of range")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "whole numbers")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "has data_offsets [8, 0], but F32 (2) needs 8 bytes")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        12,
        "tensor b in FILE with data_offsets [4, 12] overlaps tensor a, which ends at 8")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        8,
        "overlaps tensor a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "leaves a hole after the header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "FILE holds 8 bytes of data, but its tensors need 4")]
    // Shapes.
    [InlineData(
        """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""",
        8,
        "tensor w in FILE has data_offsets [0, 8], but F32 (3) needs 12 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "too large to count")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""", 8, "has an axis of 4294967298")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""",
        8,
        "at most 32 whole numbers")]
    // Types.
    [InlineData("""{"w":{"dtype":"F9","shape":[8],"data_offsets":[0,8]}}""", 8, "tensor w in FILE has type F9, which is not supported")]
    // Form.
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", 8, "lacks dtype, shape or the two data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", 8, "lacks dtype, shape or the two data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "has a field twice")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "tensor w in FILE is listed twice")]
    [InlineData("""{"w":7}""", 8, "damaged safetensors header: w is Number, expected StartObject")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""", 8, "damaged safetensors header")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "damaged safetensors header")]
    [InlineData("""{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "metadata entry a is Number")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "damaged safetensors header")]
    [InlineData(
        """{"w":{"more":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]],"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        8,
        "damaged safetensors header")]
    public void A_damaged_header_is_refused(string header, int dataBytes, string message)
    {
        var file = Write(header, dataBytes);

        Assert.Contains(message.Replace("FILE", file, StringComparison.Ordinal), TemporaryFolder.OpenFails(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_fields_and_blanks_are_no_defect()
    {
        using var checkpoint = Checkpoint.Open(
            Write(
                """{"w":{"dtype":"I64","note":{"a":[1]},"shape":[],"data_offsets":[0,8]},"z":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}   """,
                8));

        Assert.Equal([0], checkpoint.ReadInt64s("w"));
    }

    [Fact]
    public void A_file_cut_at_any_length_is_refused()
    {
        new SafetensorsWriter().Add("w", [3], new float[] { 1, 2, 3 }).Save(folder.File("a.safetensors"));
        var whole = File.ReadAllBytes(folder.File("a.safetensors"));
        for (var length = 0; length < whole.Length; length++)
        {
            TemporaryFolder.OpenFails(folder.Write("cut.safetensors", whole[..length]));
        }
    }

    [Fact]
    public void A_header_of_ten_gigabytes_is_refused_unread()
    {
        var bytes = new byte[64];
        BitConverter.TryWriteBytes(bytes, 10_000_000_000L);
        bytes[8] = (byte)'{';
        var file = folder.Write("a.safetensors", bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = TemporaryFolder.OpenFails(file);

        Assert.Contains(
            $"{file} announces a safetensors header of 10,000,000,000 bytes, expected at most 100,000,000",
            message,
            StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_header_beyond_the_end_of_the_file_is_refused_unread()
    {
        var bytes = new byte[64];
        BitConverter.TryWriteBytes(bytes, 90_000_000L);
        bytes[8] = (byte)'{';

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("it is truncated", TemporaryFolder.OpenFails(folder.Write("a.safetensors", bytes)), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_name_with_line_breaks_and_escapes_stays_one_line()
    {
        var name = "a\\n\\u001b[31m" + new string('x', 5000);
        var message = TemporaryFolder.OpenFails(Write($$$"""{"{{{name}}}":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8));

        Assert.DoesNotContain('\u001b', message);
    }

    private string Write(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return folder.Write("a.safetensors", [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]);
    }
}
