namespace Mambascope.Numerics;

/// <summary>How the values of a <see cref="Weight"/> are held in memory. Sums are always taken in singles.</summary>
public enum WeightFormat
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>The upper two bytes of an IEEE single.</summary>
    BF16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>ggml's Q8_0: 8 bits and a scale for every 32 values, 8.5 bits each.</summary>
    Q8_0,

    /// <summary>ggml's Q4_K: 4 bits with packed scales and offsets, 4.5 bits each.</summary>
    Q4_K,

    /// <summary>
    /// Any other quantised format, unpacked to signed bytes with scales in single precision: 9 to 12 bits each, same values.
    /// </summary>
    ScaledBytes,
}
