using System.Runtime.Intrinsics;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>A check written once and run with the registers of every width.</summary>
internal interface IWidthCheck
{
    void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;
}

/// <summary>The vector widths as test data, and the step from a number of lanes to a type.</summary>
internal static class Widths
{
    public static TheoryData<int> All => [1, 4, 8, 16];

    /// <summary>Runs the check with registers of <paramref name="lanes"/> floats; widths that this machine lacks run in software, slowly but rightly.</summary>
    public static void Run(int lanes, IWidthCheck check)
    {
        switch (lanes)
        {
            case 16:
                check.Run<Width512, Vector512<float>>();
                break;
            case 8:
                check.Run<Width256, Vector256<float>>();
                break;
            case 4:
                check.Run<Width128, Vector128<float>>();
                break;
            default:
                check.Run<Width1, float>();
                break;
        }
    }
}
