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
}
