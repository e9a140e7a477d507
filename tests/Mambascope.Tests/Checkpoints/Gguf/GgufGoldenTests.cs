using System.Text.Json;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints.Gguf;

/// <summary>
/// GGUF files written by gguf-py: values of every type bit for bit, metadata of every kind, and 22 files that must be refused.
/// </summary>
public sealed class GgufGoldenTests(ITestOutputHelper output)
{
    /// <summary>For each malformed file, what its message must say besides the file's name.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        { "01-bad-magic", "its first four bytes are not 'GGUF'" },
        { "02-version-1", "GGUF version 1" },
        { "03-big-endian", "big-endian" },
        { "04-tensor-count", "a tensor count of 9223372036854775808 cannot fit the file" },
        { "05-overlap", "tensors alpha.weight and beta.weight overlap" },
        { "06-offset-beyond-end", "tensor beta.weight" },
        { "07-dims-overflow", "tensor beta.weight" },
        { "08-string-length", "a string of 1152921504606846976 bytes in general.name runs past the end" },
        { "09-duplicate-names", "tensor name alpha.weight occurs twice" },
        { "10-unknown-type", "tensor beta.weight" },
        { "11-truncated-data", "ends past the end of the file (16 bytes are missing)" },
        { "12-alignment-not-power-of-two", "general.alignment 48 is not a power of two" },
        { "13-alignment-zero", "general.alignment is 0" },
        { "14-five-dimensions", "has 5 dimensions; at most 4 are allowed" },
        { "15-row-not-multiple-of-block", "its row length 48 is not a multiple of the block, 32" },
        { "16-array-length", "an array of 2305843009213693952 strings in tokenizer.ggml.tokens runs past the end" },
        { "17-value-type", "metadata key x.y has the unknown value type 13" },
        { "18-duplicate-key", "metadata key general.name occurs twice" },
        { "19-misaligned-offset", "not a multiple of the alignment, 32" },
        { "20-cut-in-header", "ends inside its metadata" },
        { "21-empty", "the file is empty" },
        { "22-dims-wrap-to-the-right-size", "product overflows 64 bits" },
    };

    [Fact]
    public void Values_of_every_type_are_those_of_ggml_bit_for_bit()
    {
        using var file = Checkpoint.Open(Golden.Path("gguf", "blocks.gguf"));
        using var expected = Checkpoint.Open(Golden.Path("gguf", "blocks.expected.safetensors"));
        Assert.Equal(TemporaryFolder.Names(expected), TemporaryFolder.Names(file));
        Assert.Equal(30, file.Tensors.Count);
        var types = new HashSet<TensorType>();
        foreach (var (name, tensor) in file.Tensors)
        {
            Assert.Equal(expected.Tensors[name].Shape, tensor.Shape);
            var (found, wanted) = (file.ReadSingles(name), expected.ReadSingles(name));
            var different = Enumerable.Range(0, found.Length).Count(i => !IsSame(found[i], wanted[i]));
            output.WriteLine($"{name}: {different} of {found.Length} values differ");
            Assert.True(different == 0, $"{name}: {different} of {found.Length} values differ");
            types.Add(tensor.Type);
        }

        Assert.Equal(15, types.Count);

        // Which NaN it is says nothing.
        static bool IsSame(float a, float b)
            => (float.IsNaN(a) && float.IsNaN(b)) || BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);
    }

    [Fact]
    public void Metadata_of_every_kind_are_read()
    {
        using var file = Checkpoint.Open(Golden.Path("gguf", "blocks.gguf"));
        using var expected = JsonDocument.Parse(File.ReadAllText(Golden.Path("gguf", "blocks.metadata.json")));
        var found = file.Gguf!.Values;
        foreach (var item in expected.RootElement.EnumerateObject())
        {
            Assert.Equal(Text(JsonSerializer.SerializeToElement(found[item.Name])), Text(item.Value));
        }

        Assert.Equal(expected.RootElement.EnumerateObject().Count(), found.Count);
        Assert.Equal(
            (typeof(byte), typeof(long), typeof(float), typeof(bool), typeof(string[])),
            (
                found["test.u8"].GetType(), found["test.i64"].GetType(), found["test.f32"].GetType(),
                found["test.true"].GetType(), found["test.strings"].GetType()));
        Assert.Equal("Grüße, 世界 🐍", file.Metadata["test.string"]);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_files_are_refused_in_one_line(string name, string says)
    {
        var path = Golden.Path("gguf", "malformed", name + ".gguf");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = TemporaryFolder.OpenFails(path);
        output.WriteLine(message);
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_file_they_were_made_from_loads()
    {
        using var file = Checkpoint.Open(Golden.Path("gguf", "malformed", "00-valid.gguf"));
        Assert.Equal("alpha.weight, beta.weight", TemporaryFolder.Names(file));
        Assert.All(file.Tensors.Values, tensor =>
            Assert.Equal((TensorType.F32, tensor.Count), (tensor.Type, file.ReadSingles(tensor.Name).Length)));
    }

    // Numbers as singles: the JSON was written from float32 values, too.
    private static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => string.Join(", ", element.EnumerateArray().Select(Text)),
        JsonValueKind.Number when element.TryGetInt64(out var whole) => whole.ToString(),
        JsonValueKind.Number when element.TryGetUInt64(out var whole) => whole.ToString(),
        JsonValueKind.Number => ((float)element.GetDouble()).ToString("R"),
        _ => element.ToString(),
    };
}
