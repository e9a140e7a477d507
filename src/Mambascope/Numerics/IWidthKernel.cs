using System.Runtime.Intrinsics;

namespace Mambascope.Numerics;

/// <summary>A float kernel with its operands, written once for registers of any width.</summary>
internal interface IWidthKernel
{
    /// <summary>Computes everything with registers of this width; the result may differ between widths by rounding only.</summary>
    void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;
}

/// <summary>The step from hardware to a type: the widest registers that this machine runs at full speed.</summary>
internal static class WidestRegisters
{
    public static void Run<TKernel>(TKernel kernel)
        where TKernel : struct, IWidthKernel
    {
        if (Vector512.IsHardwareAccelerated)
        {
            kernel.Run<Width512, Vector512<float>>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            kernel.Run<Width256, Vector256<float>>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            kernel.Run<Width128, Vector128<float>>();
        }
        else
        {
            kernel.Run<Width1, float>();
        }
    }
}
