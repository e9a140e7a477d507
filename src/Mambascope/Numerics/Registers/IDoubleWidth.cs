namespace Mambascope.Numerics;

/// <summary>
/// The vector width of a kernel in double precision, as <see cref="IVectorWidth{TVector}"/> is that of one in single precision: only what
/// products of matrices need.
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

    static abstract unsafe void Store(TVector value, double* target);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a * b + c, rounded once where the hardware has FMA.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
}

/// <summary>A kernel in double precision with its operands, for registers of any width.</summary>
internal interface IDoubleKernel
{
    /// <summary>Computes everything with registers of this width; the result may differ between widths by rounding only.</summary>
    void Run<TWidth, TVector>()
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged;
}
