using System.IO.MemoryMappedFiles;

namespace Mambascope.Checkpoints;

/// <summary>
/// One GGUF file: the head (<see cref="GgufHeader"/>), then the tensors. Memory-mapped, so that opening costs the head only.
/// </summary>
internal sealed class GgufFile : TensorSource
{
    private readonly string file;
    private readonly GgufHeader header;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;

    private GgufFile(string file, GgufHeader header, MemoryMappedFile map)
    {
        this.file = file;
        this.header = header;
        this.map = map;
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => header.Tensors;

    public override IReadOnlyDictionary<string, string> Metadata => header.Metadata.Texts();

    public override GgufMetadata Gguf => header.Metadata;

    public static GgufFile Open(string file)
    {
        var stream = InputFile.Open(file);
        MemoryMappedFile? mapped = null;
        try
        {
            return InputFile.Guarded(file, file =>
            {
                var parsed = GgufHeader.Read(stream, file);
                mapped = MemoryMappedFile.CreateFromFile(
                    stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
                return new GgufFile(file, parsed, mapped);
            });
        }
        catch
        {
            mapped?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the metadata alone.</summary>
    public static GgufMetadata ReadMetadata(string file)
    {
        using var opened = GgufSplit.Open(file);
        return opened.Gguf!;
    }

    public override string FileOf(string name) => file;

    public override void Read(TensorInfo tensor, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        // The head was checked against the file's length: the range lies inside the map.
        var begin = header.DataStart + header.Begins[tensor.Name];
        using var stream = new UnmanagedMemoryStream(view.SafeMemoryMappedViewHandle, begin, destination.Length, FileAccess.Read);
        stream.ReadExactly(destination);
    }

    public override void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }
}
