namespace Mambascope.Numerics;

/// <summary>
/// The vector width of a kernel in double precision, as <see cref="IVectorWidth{TVector}"/> is that of one in single precision: what
/// matrix products, GELU and relevance rules need. A mask has all bits of a lane set, or none.
/// </summary>
/// <typeparam name="TVector">One register of doubles: Vector512, Vector256, Vector128 or a plain double.</typeparam>
internal interface IDoubleWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Doubles in a register.</summary>
    static abstract int Lanes { get; }

    static abstract TVector Zero { get; }

    /// <summary>The value in every lane.</summary>
    static abstract TVector Create(double value);

    /// <summary>Lanes doubles from <paramref name="source"/> on; no alignment needed.</summary>
    static abstract unsafe TVector Load(double* source);

    /// <summary>Lanes singles from <paramref name="source"/> on, widened.</summary>
    static abstract unsafe TVector LoadSingles(float* source);

    static abstract unsafe void Store(TVector value, double* target);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a * b + c, rounded once where the hardware has FMA.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Abs(TVector value);

    /// <summary>The larger; not a number where one is not.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller; not a number where one is not.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>Towards zero.</summary>
    static abstract TVector Truncate(TVector value);

    /// <summary>e to the power of the value, within about one unit in the last place.</summary>
    static abstract TVector Exp(TVector value);

    /// <summary>Where a is greater than b.</summary>
    static abstract TVector Greater(TVector a, TVector b);

    /// <summary>Where a and b are the same number.</summary>
    static abstract TVector Equal(TVector a, TVector b);

    /// <summary>a where the mask is set, b elsewhere.</summary>
    static abstract TVector Select(TVector mask, TVector a, TVector b);
}

/// <summary>A kernel in double precision with its operands, for registers of any width.</summary>
internal interface IDoubleKernel
{
    /// <summary>Computes everything with registers of this width; the result may differ between widths by rounding only.</summary>
    void Run<TWidth, TVector>()
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged;
}
