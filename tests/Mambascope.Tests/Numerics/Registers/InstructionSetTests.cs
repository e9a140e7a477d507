using System.Runtime.Intrinsics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>The switches by which the other register widths are tested do what they are meant to do.</summary>
public sealed class InstructionSetTests
{
    [Fact]
    public void The_switch_for_AVX512_turns_512_bit_vectors_off()
        => Assert.False(IsOff("DOTNET_EnableAVX512") && Vector512.IsHardwareAccelerated);

    [Fact]
    public void The_switch_for_all_intrinsics_turns_vectors_off()
        => Assert.False(
            IsOff("DOTNET_EnableHWIntrinsic")
                && (Vector512.IsHardwareAccelerated || Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated));

    private static bool IsOff(string name) => string.Equals(Environment.GetEnvironmentVariable(name), "0", StringComparison.Ordinal);
}
