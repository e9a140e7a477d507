using Mambascope.Numerics;

namespace Mambascope.Checkpoints;

/// <summary>
/// How a stored tensor's values are encoded; the names are those of the safetensors format and, from Q4_0 on, of ggml. All are
/// little-endian.
/// </summary>
public enum TensorType
{
    /// <summary>IEEE double precision, 8 bytes.</summary>
    F64,

    /// <summary>IEEE single precision, 4 bytes.</summary>
    F32,

    /// <summary>IEEE half precision, 2 bytes.</summary>
    F16,

    /// <summary>The upper two bytes of an IEEE single.</summary>
    BF16,

    /// <summary>Signed integer, 8 bytes.</summary>
    I64,

    /// <summary>Signed integer, 4 bytes.</summary>
    I32,

    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>One byte, 0 or 1.</summary>
    BOOL,

    /// <summary>
    /// A type that is known by name and not read, such as F8_E4M3: no reason to refuse a file, only who asks for the values.
    /// </summary>
    Other,

    /// <summary>GGUF: 4 bits and a scale for 32 values.</summary>
    Q4_0,

    /// <summary>GGUF: 4 bits, a scale and an offset for 32 values.</summary>
    Q4_1,

    /// <summary>GGUF: 5 bits and a scale for 32 values.</summary>
    Q5_0,

    /// <summary>GGUF: 5 bits, a scale and an offset for 32 values.</summary>
    Q5_1,

    /// <summary>GGUF: 8 bits and a scale for 32 values.</summary>
    Q8_0,

    /// <summary>GGUF: 2 bits, packed scales and offsets, in blocks of 256 values.</summary>
    Q2_K,

    /// <summary>GGUF: 3 bits and packed scales, in blocks of 256 values.</summary>
    Q3_K,

    /// <summary>GGUF: 4 bits, packed scales and offsets, in blocks of 256 values.</summary>
    Q4_K,

    /// <summary>GGUF: 5 bits, packed scales and offsets, in blocks of 256 values.</summary>
    Q5_K,

    /// <summary>GGUF: 6 bits and packed scales, in blocks of 256 values.</summary>
    Q6_K,

    /// <summary>GGUF: 4 bits that choose from 16 uneven steps, a scale for 32 values.</summary>
    IQ4_NL,

    /// <summary>GGUF: as IQ4_NL, with packed scales in blocks of 256 values.</summary>
    IQ4_XS,
}

internal static class TensorTypes
{
    public const string All = "F64, F32, F16, BF16, I64, I32, U8, BOOL";

    /// <summary>Bytes of a value; 0 where a type is not read.</summary>
    public static int ByteSize(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.Other => 0,
        _ => 1,
    };

    /// <summary>Bytes of so many values: of a quantised type a whole number of blocks.</summary>
    public static long ByteLength(this TensorType type, long count)
        => type.Blocks() is { } blocks ? count / blocks.Values * blocks.Bytes : count * type.ByteSize();

    /// <summary>The format of a quantised type's blocks; null for all others.</summary>
    public static BlockFormat? Blocks(this TensorType type) => type switch
    {
        TensorType.Q4_0 => BlockFormat.Q4_0,
        TensorType.Q4_1 => BlockFormat.Q4_1,
        TensorType.Q5_0 => BlockFormat.Q5_0,
        TensorType.Q5_1 => BlockFormat.Q5_1,
        TensorType.Q8_0 => BlockFormat.Q8_0,
        TensorType.Q2_K => BlockFormat.Q2_K,
        TensorType.Q3_K => BlockFormat.Q3_K,
        TensorType.Q4_K => BlockFormat.Q4_K,
        TensorType.Q5_K => BlockFormat.Q5_K,
        TensorType.Q6_K => BlockFormat.Q6_K,
        TensorType.IQ4_NL => BlockFormat.IQ4_NL,
        TensorType.IQ4_XS => BlockFormat.IQ4_XS,
        _ => null,
    };
}
