namespace Mambascope.Checkpoints;

/// <summary>How a stored tensor's values are encoded; the names are those of the safetensors format. All are little-endian.</summary>
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
}
