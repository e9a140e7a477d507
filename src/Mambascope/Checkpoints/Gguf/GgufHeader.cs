using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Mambascope.Checkpoints;

/// <summary>
/// The head of a GGUF file, versions 2 and 3: metadata, then name, shape, type and place of every tensor.
/// <code>
/// "GGUF" · u32 version · u64 tensors · u64 keys
/// key:     string · u32 type · value            string: u64 bytes · UTF-8        array: u32 type · u64 n · n values
/// tensor:  string · u32 axes · u64 sizes, innermost first · u32 type · u64 offset in the data
/// data:    from the next multiple of general.alignment on
/// </code>
/// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. As strict as llama.cpp's reader, except that tensors may leave holes.
/// </summary>
internal sealed class GgufHeader
{
    // More than any model has; they bound the memory of a hostile file, whose smallest entries are much smaller than what they become.
    private const int MostKeys = 1 << 16, MostTensors = 1 << 17;

    private const int LongestName = 63, MostAxes = 4;
    private const int LeastTensorBytes = 24, LeastKeyBytes = 13;
    private const uint DefaultAlignment = 32;

    private readonly GgufCursor cursor;

    private GgufHeader(GgufCursor cursor) => this.cursor = cursor;

    public Dictionary<string, TensorInfo> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each tensor's bytes begin, counted from <see cref="DataStart"/>.</summary>
    public Dictionary<string, long> Begins { get; } = new(StringComparer.Ordinal);

    public GgufMetadata Metadata { get; private set; } = null!;

    /// <summary>Where the data begin in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>Reads and checks a head against the length of the file.</summary>
    public static GgufHeader Read(Stream stream, string file)
    {
        var header = new GgufHeader(new GgufCursor(stream, file));
        header.Read(stream.Length);
        return header;
    }

    private void Read(long fileLength)
    {
        var (tensors, keys) = ReadStart(fileLength);
        var values = new Dictionary<string, object>(keys, StringComparer.Ordinal);
        for (var i = 0; i < keys; i++)
        {
            var key = cursor.Text("the metadata", "key");
            if (!values.TryAdd(key, ReadValue(key, cursor.UInt32())))
            {
                throw Damaged($"metadata key {Printable.Name(key)} occurs twice");
            }
        }

        Metadata = new GgufMetadata(cursor.File, values);
        var alignment = Alignment();
        for (var i = 0; i < tensors; i++)
        {
            ReadTensor(alignment);
        }

        DataStart = (cursor.Position + alignment - 1) / alignment * alignment;
        CheckPlaces(fileLength);
    }

    private (int Tensors, int Keys) ReadStart(long fileLength)
    {
        if (fileLength == 0)
        {
            throw new BadInputException($"{cursor.File} is not a GGUF file: the file is empty");
        }

        if (fileLength < 4 || !cursor.Take(4).SequenceEqual("GGUF"u8))
        {
            throw new BadInputException($"{cursor.File} is not a GGUF file: its first four bytes are not 'GGUF'");
        }

        var version = cursor.UInt32();
        if (version is not (2 or 3))
        {
            throw Damaged((version & 0xFFFF) == 0 && version != 0
                ? $"big-endian GGUF (the version reads as 0x{version:X8}) is not supported, only little-endian files are"
                : version == 1 ? "GGUF version 1 (32-bit counts and lengths) is not supported, only versions 2 and 3 are"
                : $"GGUF version {version} is not supported, only versions 2 and 3 are");
        }

        var (tensors, keys) = (cursor.UInt64(), cursor.UInt64());
        return (
            Count(tensors, "tensor", LeastTensorBytes, MostTensors, fileLength),
            Count(keys, "key", LeastKeyBytes, MostKeys, fileLength));
    }

    private int Count(ulong count, string what, int leastBytes, int most, long fileLength)
        => count > (ulong)(fileLength / leastBytes)
            ? throw Damaged($"a {what} count of {count} cannot fit the file of {fileLength} bytes: each entry takes at least {leastBytes}")
            : count > (ulong)most ? throw Damaged($"a {what} count of {count} is more than any model has, expected at most {most}")
            : (int)count;

    private object ReadValue(string key, uint type) => type switch
    {
        0 => cursor.Byte(),
        1 => (sbyte)cursor.Byte(),
        2 => cursor.UInt16(),
        3 => (short)cursor.UInt16(),
        4 => cursor.UInt32(),
        5 => (int)cursor.UInt32(),
        6 => BitConverter.UInt32BitsToSingle(cursor.UInt32()),
        7 => cursor.Byte() != 0,
        GgufType.String => cursor.Text(Printable.Name(key)),
        GgufType.Array => ReadArray(key),
        10 => cursor.UInt64(),
        11 => (long)cursor.UInt64(),
        12 => BitConverter.UInt64BitsToDouble(cursor.UInt64()),
        _ => throw Damaged($"metadata key {Printable.Name(key)} has the unknown value type {type}"),
    };

    private Array ReadArray(string key)
    {
        var (type, length) = (cursor.UInt32(), cursor.UInt64());
        if (GgufType.ValueBytes(type) is not { } bytes)
        {
            throw Damaged($"metadata key {Printable.Name(key)} is an array of the unknown value type {type}");
        }

        if (type == GgufType.Array)
        {
            throw Damaged($"metadata key {Printable.Name(key)} is an array of arrays, which is not supported");
        }

        var count = length <= (ulong)(cursor.Remaining / bytes)
            ? checked((int)Math.Min(length, GgufCursor.Limit + 1))
            : throw Damaged($"an array of {length} {(type == GgufType.String ? "strings" : "values")} in {Printable.Name(key)} runs " +
                "past the end of the file");
        if (type == GgufType.String)
        {
            // An empty string takes eight bytes: the list may not become larger than what the cursor will read.
            var list = count <= GgufCursor.Limit / 8 ? new string[count]
                : throw Damaged($"an array of {length} strings in {Printable.Name(key)} is longer than any vocabulary");
            for (var i = 0; i < list.Length; i++)
            {
                list[i] = cursor.Text(Printable.Name(key));
            }

            return list;
        }

        var values = cursor.Take(checked((int)Math.Min((long)count * bytes, GgufCursor.Limit + 1)));
        return type switch
        {
            0 => values.ToArray(),
            1 => MemoryMarshal.Cast<byte, sbyte>(values).ToArray(),
            2 => MemoryMarshal.Cast<byte, ushort>(values).ToArray(),
            3 => MemoryMarshal.Cast<byte, short>(values).ToArray(),
            4 => MemoryMarshal.Cast<byte, uint>(values).ToArray(),
            5 => MemoryMarshal.Cast<byte, int>(values).ToArray(),
            6 => MemoryMarshal.Cast<byte, float>(values).ToArray(),
            7 => Array.ConvertAll(values.ToArray(), static value => value != 0),
            10 => MemoryMarshal.Cast<byte, ulong>(values).ToArray(),
            11 => MemoryMarshal.Cast<byte, long>(values).ToArray(),
            _ => MemoryMarshal.Cast<byte, double>(values).ToArray(),
        };
    }

    private uint Alignment()
    {
        const string Key = "general.alignment";
        if (!Metadata.Has(Key))
        {
            return DefaultAlignment;
        }

        var alignment = Metadata.Values[Key] as uint? ?? throw Metadata.Wrong(Key, "a number of type u32");
        return alignment == 0 ? throw Damaged($"{Key} is 0, expected a power of two")
            : BitOperations.IsPow2(alignment) ? alignment
            : throw Damaged($"{Key} {alignment} is not a power of two");
    }

    private void ReadTensor(uint alignment)
    {
        var name = cursor.Text("the table of tensors", "name");
        if (System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw Damaged(name, $"has a name of more than {LongestName} bytes");
        }

        var axes = cursor.UInt32();
        if (axes > MostAxes)
        {
            throw Damaged(name, $"has {axes} dimensions; at most {MostAxes} are allowed");
        }

        Span<ulong> sizes = stackalloc ulong[(int)axes];
        var count = (UInt128)1;
        var overflows = false;
        foreach (ref var size in sizes)
        {
            size = cursor.UInt64();
            count *= size;
            overflows |= count > long.MaxValue;
            count = overflows ? 0 : count;
        }

        var typeId = cursor.UInt32();
        var offset = cursor.UInt64();
        if (overflows)
        {
            throw Damaged(name, "has dimensions whose product overflows 64 bits");
        }

        if (GgufType.Tensor(typeId) is not { } type)
        {
            throw Damaged(name, GgufType.NotRead(typeId) is { } known
                ? $"has type {known}, which is not supported; expected F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K, " +
                    "IQ4_NL or IQ4_XS"
                : $"has the unknown type {typeId}");
        }

        var row = sizes.Length > 0 ? sizes[0] : 1;
        if (type.Blocks() is { } blocks && row % (ulong)blocks.Values != 0)
        {
            throw Damaged(name, $"({type}): its row length {row} is not a multiple of the block, {blocks.Values}");
        }

        if (offset % alignment != 0)
        {
            throw Damaged(name, $"begins at {offset}: its offset is not a multiple of the alignment, {alignment}");
        }

        Add(name, type, sizes, offset);
    }

    private void Add(string name, TensorType type, ReadOnlySpan<ulong> sizes, ulong offset)
    {
        var shape = new int[sizes.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            // Innermost first in the file, last here.
            shape[^(i + 1)] = sizes[i] <= int.MaxValue ? (int)sizes[i]
                : throw Damaged(name, $"has an axis of {sizes[i]}, expected at most {int.MaxValue}");
        }

        if (!TensorInfo.TryCount(shape, out _) || offset > long.MaxValue / 2)
        {
            throw Damaged(name, $"with shape {TensorInfo.ShapeText(shape)} at {offset} ends past the end of the file");
        }

        if (!Tensors.TryAdd(name, new TensorInfo(name, type, ImmutableCollectionsMarshal.AsImmutableArray(shape))))
        {
            throw Damaged($"tensor name {Printable.Name(name)} occurs twice");
        }

        Begins.Add(name, (long)offset);
    }

    /// <summary>Every tensor lies inside the file, and no two share a byte.</summary>
    private void CheckPlaces(long fileLength)
    {
        var (covered, before) = (0L, "");
        var inOrder = Begins.OrderBy(pair => pair.Value).ThenBy(pair => Tensors[pair.Key].ByteLength)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal);
        foreach (var (name, begin) in inOrder)
        {
            var missing = (Int128)DataStart + begin + Tensors[name].ByteLength - fileLength;
            if (missing > 0)
            {
                throw Damaged(name, $"ends past the end of the file ({missing} bytes are missing)");
            }

            if (begin < covered && Tensors[name].ByteLength > 0)
            {
                throw Damaged($"tensors {Printable.Name(before)} and {Printable.Name(name)} overlap in the data");
            }

            (covered, before) = (Math.Max(covered, begin + Tensors[name].ByteLength), name);
        }
    }

    private BadInputException Damaged(string what) => new($"{cursor.File}: {what}");

    private BadInputException Damaged(string tensor, string what) => new($"tensor {Printable.Name(tensor)} in {cursor.File} {what}");
}
