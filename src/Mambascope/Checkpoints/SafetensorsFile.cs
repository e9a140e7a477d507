using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Mambascope.Checkpoints;

/// <summary>
/// A safetensors file: eight bytes of header length, the header (JSON), the data. Memory-mapped, so that opening costs the header only.
/// Format: https://github.com/huggingface/safetensors#format.
/// </summary>
internal sealed class SafetensorsFile : TensorSource
{
    private const int LengthBytes = 8;

    private readonly string file;
    private readonly SafetensorsHeader header;
    private readonly long dataStart;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;

    private SafetensorsFile(string file, SafetensorsHeader header, long dataStart, MemoryMappedFile map)
    {
        this.file = file;
        this.header = header;
        this.dataStart = dataStart;
        this.map = map;
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => header.Tensors;

    public override IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    public static SafetensorsFile Open(string file)
    {
        var stream = InputFile.Open(file);
        MemoryMappedFile? mapped = null;
        try
        {
            return InputFile.Guarded(file, file =>
            {
                var json = ReadHeader(stream, file);
                long start = LengthBytes + json.Length;
                var parsed = SafetensorsHeader.Parse(json, stream.Length - start, file);
                mapped = MemoryMappedFile.CreateFromFile(
                    stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
                return new SafetensorsFile(file, parsed, start, mapped);
            });
        }
        catch
        {
            mapped?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    public override string FileOf(string name) => file;

    public override void Read(TensorInfo tensor, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        // The header was checked against the file's length: the range lies inside the map. A stream over the map copies it in one
        // go, where SafeBuffer.ReadSpan copies byte by byte (104 MB: 23 ms against 136 ms).
        using var stream = new UnmanagedMemoryStream(
            view.SafeMemoryMappedViewHandle, dataStart + header.Begins[tensor.Name], destination.Length, FileAccess.Read);
        stream.ReadExactly(destination);
    }

    public override void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }

    private static byte[] ReadHeader(FileStream stream, string file)
    {
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(prefix, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            throw new BadInputException($"{file} has {stream.Length} bytes, too few for a safetensors file: it is truncated");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.Limit)
        {
            throw new BadInputException(
                $"{file} announces a safetensors header of {length:N0} bytes, expected at most {SafetensorsHeader.Limit:N0}: it is damaged "
                    + "or not a safetensors file");
        }

        if ((long)length > stream.Length - LengthBytes)
        {
            throw new BadInputException(
                $"{file} announces a safetensors header of {length:N0} bytes, but only {stream.Length - LengthBytes:N0} follow: it is "
                    + "truncated");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        return json;
    }
}
