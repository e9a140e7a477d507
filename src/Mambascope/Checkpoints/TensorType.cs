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
}

internal static class TensorTypes
{
    public const string All = "F64, F32, F16, BF16, I64, I32, U8, BOOL";

    public static int ByteSize(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        _ => 1,
    };

    /// <summary>The type that a safetensors header calls by this name, or null where it is none of ours.</summary>
    public static TensorType? FromName(string name) => name switch
    {
        "F64" => TensorType.F64,
        "F32" => TensorType.F32,
        "F16" => TensorType.F16,
        "BF16" => TensorType.BF16,
        "I64" => TensorType.I64,
        "I32" => TensorType.I32,
        "U8" => TensorType.U8,
        "BOOL" => TensorType.BOOL,
        _ => null,
    };
}
