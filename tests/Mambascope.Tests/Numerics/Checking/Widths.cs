using System.Runtime.Intrinsics;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>The vector widths as test data, and the step from a number of lanes to a type.</summary>
internal static class Widths
{
    /// <summary>Floats in a register: scalar code, SSE, AVX, AVX-512 or what stands for them.</summary>
    public static TheoryData<int> All => [1, 4, 8, 16];

    /// <summary>
    /// Runs the kernel with registers of <paramref name="lanes"/> floats; widths that this machine lacks run in software, slowly but
    /// rightly.
    /// </summary>
    public static void Run<TKernel>(int lanes, TKernel kernel)
        where TKernel : struct, IWidthKernel
    {
        switch (lanes)
        {
            case 16:
                kernel.Run<Width512, Vector512<float>>();
                break;
            case 8:
                kernel.Run<Width256, Vector256<float>>();
                break;
            case 4:
                kernel.Run<Width128, Vector128<float>>();
                break;
            default:
                kernel.Run<Width1, float>();
                break;
        }
    }
}
