namespace Mambascope.Numerics;

/// <summary>
/// The vector width of a kernel as a type parameter: a kernel is written once over <typeparamref name="TVector"/> and compiled for
/// 512, 256, 128 bits and one lane. Implementations are empty structs, so the JIT resolves every call at compile time.
/// </summary>
/// <typeparam name="TVector">One register of floats: Vector512, Vector256, Vector128 or a plain float.</typeparam>
internal interface IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Floats in a register.</summary>
    static abstract int Lanes { get; }

    static abstract TVector Zero { get; }

    /// <summary>The value in every lane.</summary>
    static abstract TVector Create(float value);

    /// <summary>Lanes floats from <c>source[index]</c> on; no alignment needed.</summary>
    static abstract TVector Load(ref float source, nuint index);

    /// <summary>The first <paramref name="count"/> floats, zeros in the other lanes: for remainders, not for hot loops.</summary>
    static abstract TVector LoadFirst(ref float source, int count);

    static abstract void Store(TVector value, ref float target, nuint index);

    /// <summary>Stores the first <paramref name="count"/> lanes only.</summary>
    static abstract void StoreFirst(TVector value, ref float target, int count);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a * b + c, rounded once where the hardware has FMA.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>Lower of each pair; NaN handling is the hardware's.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>Higher of each pair; NaN handling is the hardware's.</summary>
    static abstract TVector Max(TVector a, TVector b);

    static abstract TVector Abs(TVector a);

    /// <summary>Nearest whole number, halves to even.</summary>
    static abstract TVector Round(TVector a);

    /// <summary>value * 2^exponent for whole exponents in [-126, 127].</summary>
    static abstract TVector Scale(TVector value, TVector exponent);

    /// <summary>The bits of each lane shifted up; zeros come in.</summary>
    static abstract TVector ShiftBitsLeft(TVector value, int count);

    /// <summary>The bits of each lane shifted down; copies of the highest bit come in.</summary>
    static abstract TVector ShiftBitsRight(TVector value, int count);

    /// <summary>The bits of each lane that the mask keeps.</summary>
    static abstract TVector MaskBits(TVector value, uint mask);

    /// <summary>
    /// The bits of each lane, read as a signed whole number of 32 bits, as a single: rounded to nearest, exact up to 2^24.
    /// </summary>
    static abstract TVector FromIntegers(TVector bits);

    /// <summary>Sum of all lanes, always in the same order for a given width.</summary>
    static abstract float Sum(TVector value);
}
