namespace Mambascope.Numerics;

/// <summary>A float kernel with its operands, for registers of any width; <see cref="WidestRegisters"/> says which are used.</summary>
internal interface IWidthKernel
{
    /// <summary>Computes everything with registers of this width; the result may differ between widths by rounding only.</summary>
    void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;
}
