using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Mambascope.Checkpoints;

/// <summary>
/// Collects tensors and writes them as one safetensors file. The same tensors give the same bytes, in whatever order they were
/// added: largest element first (so that every tensor is aligned to its own type), then by name.
/// </summary>
/// <remarks>Values are referenced, not copied: leave them alone until <see cref="Save"/> or <see cref="Write"/> has returned.</remarks>
public sealed class SafetensorsWriter
{
    private const int Chunk = 8192;

    private readonly SortedDictionary<string, Item> items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <summary>Adds a tensor of singles, stored as F32, or rounded to F16 or BF16.</summary>
    /// <param name="name">A name not used before.</param>
    /// <param name="shape">Sizes of the axes, outermost first; their product is the number of values.</param>
    /// <param name="values">Row-major values.</param>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <exception cref="ArgumentException">The name is taken, the shape does not fit or the type is another one.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<float> values, TensorType type = TensorType.F32)
    {
        return type switch
        {
            TensorType.F32 => Add(name, shape, type, values, WriteRaw),
            TensorType.F16 or TensorType.BF16 => Add(name, shape, type, values, (stream, values) => WriteNarrowed(stream, values, type)),
            _ => throw new ArgumentException($"Singles are stored as F32, F16 or BF16, not as {type}", nameof(type)),
        };
    }

    /// <summary>Adds a tensor of doubles, stored as F64.</summary>
    /// <exception cref="ArgumentException">The name is taken or the shape does not fit.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<double> values)
        => Add(name, shape, TensorType.F64, values, WriteRaw);

    /// <summary>Adds a tensor of 64-bit integers, stored as I64.</summary>
    /// <exception cref="ArgumentException">The name is taken or the shape does not fit.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<long> values)
        => Add(name, shape, TensorType.I64, values, WriteRaw);

    /// <summary>Adds a tensor of 32-bit integers, stored as I32.</summary>
    /// <exception cref="ArgumentException">The name is taken or the shape does not fit.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<int> values)
        => Add(name, shape, TensorType.I32, values, WriteRaw);

    /// <summary>Adds a tensor of bytes, stored as U8.</summary>
    /// <exception cref="ArgumentException">The name is taken or the shape does not fit.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<byte> values)
        => Add(name, shape, TensorType.U8, values, WriteRaw);

    /// <summary>Adds a tensor of truth values, stored as BOOL.</summary>
    /// <exception cref="ArgumentException">The name is taken or the shape does not fit.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<bool> values)
        => Add(name, shape, TensorType.BOOL, values, WriteRaw);

    /// <summary>Adds a text entry to the header's metadata.</summary>
    /// <exception cref="ArgumentException">The key is taken.</exception>
    public SafetensorsWriter AddMetadata(string key, string text)
    {
        metadata.Add(key, text);
        return this;
    }

    /// <summary>Writes the file; it appears at the path only when it is complete.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the same bytes to a stream.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);

        // SortedDictionary gives names in order and OrderByDescending keeps that order among equals.
        Item[] ordered = [.. items.Values.OrderByDescending(item => item.Tensor.Type.ByteSize())];
        var header = Header(ordered);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var item in ordered)
        {
            item.Write(stream);
        }
    }

    /// <summary>Writes the same tensors as a .npz of NumPy, for <c>numpy.load</c>; metadata has no place there.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    /// <exception cref="NotSupportedException">A tensor has a type that NumPy does not have (BF16).</exception>
    public void SaveNpz(string path) => NpzWriter.Write(path, items.Values.Select(item => (item.Tensor, item.Write)));

    private SafetensorsWriter Add<T>(
        string name, ReadOnlySpan<int> shape, TensorType type, ReadOnlyMemory<T> values, Action<Stream, ReadOnlyMemory<T>> write)
    {
        if (name is "__metadata__")
        {
            throw new ArgumentException("The name __metadata__ is reserved by the format", nameof(name));
        }

        if (!TensorInfo.TryCount(shape, out var count) || count != values.Length || shape.Length > TensorInfo.MaximumRank)
        {
            throw new ArgumentException(
                $"Tensor {name} has {values.Length} values for the shape {TensorInfo.ShapeText(shape)}", nameof(shape));
        }

        items.Add(name, new Item(new TensorInfo(name, type, [.. shape]), stream => write(stream, values)));
        return this;
    }

    private byte[] Header(Item[] ordered)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((var key, var text) in metadata)
                {
                    json.WriteString(key, text);
                }

                json.WriteEndObject();
            }

            long begin = 0;
            foreach (var tensor in ordered.Select(item => item.Tensor))
            {
                WriteEntry(json, tensor, begin);
                begin += tensor.ByteLength;
            }

            json.WriteEndObject();
        }

        // Blanks up to a multiple of eight keep the data aligned in a mapped file.
        var header = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorInfo tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.ToString());
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.ByteLength);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRaw<T>(Stream stream, ReadOnlyMemory<T> values) where T : struct
    {
        // In chunks: the bytes of a large array need not fit in one span.
        for (var start = 0; start < values.Length; start += Chunk)
        {
            stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(start, Math.Min(Chunk, values.Length - start))));
        }
    }

    private static void WriteNarrowed(Stream stream, ReadOnlyMemory<float> values, TensorType type)
    {
        var halves = new ushort[Chunk];
        for (var start = 0; start < values.Length; start += Chunk)
        {
            var count = Math.Min(Chunk, values.Length - start);
            Widening.Narrow(values.Span.Slice(start, count), halves, type);
            stream.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, count)));
        }
    }

    private sealed record Item(TensorInfo Tensor, Action<Stream> Write);
}
