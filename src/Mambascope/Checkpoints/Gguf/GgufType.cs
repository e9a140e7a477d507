namespace Mambascope.Checkpoints;

/// <summary>Types by their numbers in a GGUF file.</summary>
internal static class GgufType
{
    /// <summary>The type of a tensor, for those that are read.</summary>
    public static TensorType? Tensor(uint id) => id switch
    {
        0 => TensorType.F32,
        1 => TensorType.F16,
        2 => TensorType.Q4_0,
        3 => TensorType.Q4_1,
        6 => TensorType.Q5_0,
        7 => TensorType.Q5_1,
        8 => TensorType.Q8_0,
        10 => TensorType.Q2_K,
        11 => TensorType.Q3_K,
        12 => TensorType.Q4_K,
        13 => TensorType.Q5_K,
        14 => TensorType.Q6_K,
        20 => TensorType.IQ4_NL,
        23 => TensorType.IQ4_XS,
        30 => TensorType.BF16,
        _ => null,
    };

    /// <summary>ggml's name of a type that exists but is not read; null for a number that means nothing.</summary>
    public static string? NotRead(uint id) => id switch
    {
        9 => "Q8_1",
        15 => "Q8_K",
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        21 => "IQ3_S",
        22 => "IQ2_S",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        34 => "TQ1_0",
        35 => "TQ2_0",
        39 => "MXFP4",
        40 => "NVFP4",
        41 => "Q1_0",
        42 => "Q2_0",
        _ => null,
    };

    /// <summary>Bytes of one value of the metadata; of a string and of an array the least; null for a number that means nothing.</summary>
    public static int? ValueBytes(uint id) => id switch
    {
        0 or 1 or 7 => 1,
        2 or 3 => 2,
        4 or 5 or 6 => 4,
        8 or 10 or 11 or 12 => 8,
        Array => 12,
        _ => null,
    };

    public const uint String = 8, Array = 9;
}
