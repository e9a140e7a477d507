namespace Mambascope.Checkpoints;

/// <summary>An element type by the name that a file gives it.</summary>
/// <param name="Type">How it is read; <see cref="TensorType.Other"/> for one that is not.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Bits">Bits of a value; 0 where that is not known.</param>
internal sealed record StoredType(TensorType Type, string Name, int Bits)
{
    // https://github.com/huggingface/safetensors: safetensors/src/tensor.rs, enum Dtype.
    private static readonly Dictionary<string, StoredType> safetensors = Table(
        [TensorType.F64, TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.I64, TensorType.I32, TensorType.U8, TensorType.BOOL],
        [("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("F8_E4M3", 8), ("F8_E5M2", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8),
         ("I8", 8), ("I16", 16), ("U16", 16), ("U32", 32), ("U64", 64), ("C64", 64)]);

    // torch/storage.py and torch/__init__.py; the last part of the names of storages and of element types.
    private static readonly Dictionary<string, StoredType> storages = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = Read(TensorType.F64),
        ["FloatStorage"] = Read(TensorType.F32),
        ["HalfStorage"] = Read(TensorType.F16),
        ["BFloat16Storage"] = Read(TensorType.BF16),
        ["LongStorage"] = Read(TensorType.I64),
        ["IntStorage"] = Read(TensorType.I32),
        ["ByteStorage"] = Read(TensorType.U8),
        ["BoolStorage"] = Read(TensorType.BOOL),
        ["UntypedStorage"] = Read(TensorType.U8),
        ["_UntypedStorage"] = Read(TensorType.U8),
        ["CharStorage"] = Unread("int8", 8),
        ["ShortStorage"] = Unread("int16", 16),
        ["ComplexFloatStorage"] = Unread("complex64", 64),
        ["ComplexDoubleStorage"] = Unread("complex128", 128),
        ["QInt8Storage"] = Unread("qint8", 8),
        ["QUInt8Storage"] = Unread("quint8", 8),
        ["QInt32Storage"] = Unread("qint32", 32),
        ["QUInt4x2Storage"] = Unread("quint4x2", 4),
        ["QUInt2x4Storage"] = Unread("quint2x4", 2),
    };

    private static readonly Dictionary<string, StoredType> elements = new(StringComparer.Ordinal)
    {
        ["float64"] = Read(TensorType.F64),
        ["float32"] = Read(TensorType.F32),
        ["float16"] = Read(TensorType.F16),
        ["bfloat16"] = Read(TensorType.BF16),
        ["int64"] = Read(TensorType.I64),
        ["int32"] = Read(TensorType.I32),
        ["uint8"] = Read(TensorType.U8),
        ["bool"] = Read(TensorType.BOOL),
        ["int8"] = Unread("int8", 8),
        ["int16"] = Unread("int16", 16),
        ["uint16"] = Unread("uint16", 16),
        ["uint32"] = Unread("uint32", 32),
        ["uint64"] = Unread("uint64", 64),
        ["complex32"] = Unread("complex32", 32),
        ["complex64"] = Unread("complex64", 64),
        ["complex128"] = Unread("complex128", 128),
        ["float8_e4m3fn"] = Unread("float8_e4m3fn", 8),
        ["float8_e5m2"] = Unread("float8_e5m2", 8),
        ["float8_e4m3fnuz"] = Unread("float8_e4m3fnuz", 8),
        ["float8_e5m2fnuz"] = Unread("float8_e5m2fnuz", 8),
        ["float8_e8m0fnu"] = Unread("float8_e8m0fnu", 8),
    };

    /// <summary>A type that is read.</summary>
    public static StoredType Of(TensorType type) => Read(type);

    /// <summary>The type that a safetensors header calls by this name; null where the format knows none.</summary>
    public static StoredType? OfSafetensors(string name) => safetensors.GetValueOrDefault(name);

    /// <summary>What a class of PyTorch's storages holds; a class nobody knows holds something that is not read.</summary>
    public static StoredType OfStorage(PickleGlobal type)
        => type.Module is "torch" or "torch.storage" && storages.TryGetValue(type.Name, out var known) ? known : Unread(type.ToString(), 0);

    /// <summary>What a tensor with PyTorch's element type holds.</summary>
    public static StoredType OfElement(PickleGlobal type)
        => type.Module is "torch" && elements.TryGetValue(type.Name, out var known) ? known : Unread(type.ToString(), 0);

    /// <summary>Bytes of this many values; rounded up where several share one.</summary>
    // Eights apart: the product alone would not fit where the bytes do.
    public long ByteLength(long count)
        => Type.Blocks() is null ? (count / 8 * Bits) + (((count % 8 * Bits) + 7) / 8) : Type.ByteLength(count);

    private static Dictionary<string, StoredType> Table(TensorType[] read, (string Name, int Bits)[] unread)
        => read.Select(Read).Concat(unread.Select(type => Unread(type.Name, type.Bits)))
            .ToDictionary(type => type.Name, StringComparer.Ordinal);

    private static StoredType Read(TensorType type) => new(type, type.ToString(), 8 * type.ByteSize());

    private static StoredType Unread(string name, int bits) => new(TensorType.Other, name, bits);
}
