using System.Runtime.Intrinsics;

namespace Mambascope.Numerics;

/// <summary>
/// The one step from hardware to a type: the widest registers that this machine runs at full speed. AVX-512 counts where the runtime says
/// that 512 bits are accelerated; <c>DOTNET_EnableAVX512=0</c> and <c>DOTNET_EnableHWIntrinsic=0</c> close the gates from outside.
/// </summary>
internal static class WidestRegisters
{
    /// <summary>Floats in one of them.</summary>
    public static int Lanes
        => Vector512.IsHardwareAccelerated ? Width512.Lanes
        : Vector256.IsHardwareAccelerated ? Width256.Lanes
        : Vector128.IsHardwareAccelerated ? Width128.Lanes
        : Width1.Lanes;

    /// <summary>The kernel with registers of this width.</summary>
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

    /// <summary>The kernel with registers of this width, in double precision.</summary>
    public static void RunDouble<TKernel>(TKernel kernel)
        where TKernel : struct, IDoubleKernel
    {
        if (Vector512.IsHardwareAccelerated)
        {
            kernel.Run<Doubles512, Vector512<double>>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            kernel.Run<Doubles256, Vector256<double>>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            kernel.Run<Doubles128, Vector128<double>>();
        }
        else
        {
            kernel.Run<Doubles1, double>();
        }
    }
}
