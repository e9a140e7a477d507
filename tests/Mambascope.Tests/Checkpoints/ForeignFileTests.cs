using System.Text;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>A file that is something else is called by what it is.</summary>
public sealed class ForeignFileTests : IDisposable
{
    private const string Pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:867f1aea632a7ca884d5d6fd9f22a149bc12ed906552fb4790ea41fc12858119\nsize "
            + "397519158\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("p.pth")]
    [InlineData("pytorch_model.bin")]
    [InlineData("anything")]
    public void A_pointer_of_Git_LFS_says_where_the_bytes_are(string name)
        => Assert.Equal(
            $"{folder.File(name)} is a Git LFS pointer (397,519,158 bytes are elsewhere): git lfs pull; expected the weights of a model",
            TemporaryFolder.OpenFails(folder.Write(name, Pointer)));

    [Theory]
    [InlineData("<!DOCTYPE html><html>")]
    [InlineData("\uFEFF\r\n  <html lang=en>")]
    [InlineData("<?xml version='1.0'?><Error/>")]
    public void A_web_page_is_called_one(string page)
        => Assert.Contains("is a web page", TemporaryFolder.OpenFails(folder.Write("page.safetensors", page)), StringComparison.Ordinal);

    [Theory]
    [InlineData("89 48 44 46 0D 0A 1A 0A", "is an HDF5 file")]
    [InlineData("47 49 46 38 39 61", "is a GIF picture")]
    [InlineData("49 49 2A 00", "is a TIFF picture")]
    [InlineData("4D 4D 00 2A", "is a TIFF picture")]
    [InlineData("89 50 4E 47", "is a PNG picture")]
    [InlineData("FF D8 FF E0", "is a JPEG picture")]
    [InlineData("1F 8B 08", "is compressed by gzip")]
    [InlineData("93 4E 55 4D 50 59", "is a NumPy array")]
    public void Formats_of_other_programs_are_named(string start, string said)
    {
        Assert.Contains(
            said, ForeignFile.Describe(Convert.FromHexString(start.Replace(" ", "", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains(
            said,
            TemporaryFolder.OpenFails(folder.Write("a.pth", Convert.FromHexString(start.Replace(" ", "", StringComparison.Ordinal)))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_further_in_are_found_too()
    {
        byte[] dicom = [.. new byte[128], .. "DICM"u8, .. new byte[100]];
        byte[] tar = [.. new byte[257], .. "ustar\0"u8, .. new byte[100]];
        Assert.Equal("is a DICOM file", ForeignFile.Describe(dicom));
        Assert.Contains("is a tar archive", ForeignFile.Describe(folder.Write("a.tar", tar)), StringComparison.Ordinal);
        Assert.Null(ForeignFile.Describe("plain text"u8));
        Assert.Null(ForeignFile.Describe([]));
    }

    [Fact]
    public void Side_files_are_named_as_well()
    {
        Assert.Contains(
            "is a Git LFS pointer",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => ConfigFile.Load(folder.Write("config.json", Pointer)))),
            StringComparison.Ordinal);
        Assert.Contains(
            "is a Git LFS pointer",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextTokenizer.Load(folder.Write("tokenizer.json", Pointer)))),
            StringComparison.Ordinal);
        Assert.Contains(
            "is a web page", TemporaryFolder.OpenFails(folder.Write("m.safetensors.index.json", "<html>")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "layers.0.q_proj.qweight layers.0.q_proj.qzeros layers.0.q_proj.g_idx",
        "quantised by GPTQ (tensors such as layers.0.q_proj.qweight)")]
    [InlineData("layers.0.q_proj.qweight layers.0.q_proj.qzeros", "quantised by AWQ")]
    [InlineData("layers.0.in_proj.weight layers.0.in_proj.weight.absmax", "quantised by bitsandbytes")]
    [InlineData("layers.0.in_proj.weight layers.0.in_proj.SCB", "quantised by bitsandbytes")]
    [InlineData("base_model.model.layers.0.in_proj.lora_A.weight", "holds a LoRA adapter")]
    public void Quantised_weights_and_adapters_are_named(string names, string said)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in names.Split(' '))
        {
            writer.Add(name, [1], new float[1]);
        }

        writer.Save(folder.File("adapter_model.safetensors"));
        Assert.Contains(said, TemporaryFolder.OpenFails(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_in_UTF_8_16_and_32_is_read_and_other_text_is_refused_with_the_byte()
    {
        foreach (
            var encoding in (Encoding[])
                [new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
        {
            File.WriteAllText(folder.File("t.txt"), "Straße 🙂\n", encoding);
            Assert.Equal("Straße 🙂\n", TextFile.Read(folder.File("t.txt"), 1000));
        }

        Assert.Equal("", TextFile.Read(folder.Write("t.txt", ""), 1000));
        Assert.Equal(
            $"{folder.File("t.txt")} is not UTF-8: byte 0xDF at offset 4; save it as UTF-8 (UTF-16 with a byte order mark is read too)",
            TemporaryFolder.OneLine(
                Assert.Throws<BadInputException>(() => TextFile.Read(folder.Write("t.txt", Encoding.Latin1.GetBytes("Straße")), 1000))));
        Assert.Contains(
            "utf-16, but is no valid text in it",
            TemporaryFolder.OneLine(
                Assert.Throws<BadInputException>(() => TextFile.Read(folder.Write("t.txt", [0xFF, 0xFE, 0x3D, 0xD8]), 1000))),
            StringComparison.Ordinal);
        Assert.Contains(
            "expected at most 3",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextFile.Read(folder.Write("t.txt", "four"), 3))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_that_of_zip(string text, uint expected)
    {
        var whole = new Crc32();
        whole.Append(Encoding.ASCII.GetBytes(text));
        Assert.Equal(expected, whole.Value);

        var parts = new Crc32();
        foreach (var part in Encoding.ASCII.GetBytes(text).Chunk(5))
        {
            parts.Append(part);
        }

        Assert.Equal(expected, parts.Value);
    }
}
