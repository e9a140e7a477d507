using System.Buffers.Binary;
using System.Text.Json;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

/// <summary>
/// The byte tensors of Golden/preprocessing, read without the library's own safetensors reader so that each is tested alone.
/// </summary>
internal static class PreprocessingGolden
{
    internal static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Golden", "preprocessing");

    internal static string Picture(string name, string kind) => Path.Combine(Folder, $"{name}.{kind}");

    /// <summary>Tensor (height, width, 3) of U8.</summary>
    internal static (int Height, int Width, byte[] Bytes) Read(string name, string tensor)
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, $"{name}.expected.safetensors"));
        var headerBytes = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerBytes));
        var entry = header.RootElement.GetProperty(tensor);
        Assert.Equal("U8", entry.GetProperty("dtype").GetString());
        var shape = entry.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).ToArray();
        var offsets = entry.GetProperty("data_offsets").EnumerateArray().Select(s => s.GetInt32()).ToArray();
        return (shape[0], shape[1], file[(8 + headerBytes + offsets[0])..(8 + headerBytes + offsets[1])]);
    }
}
