using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace Mambascope.Cli.Benchmarking;

/// <summary>What the figures depend on.</summary>
internal static class Machine
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>The widest vectors that the kernels use here.</summary>
    internal static string InstructionSet
        => Vector512.IsHardwareAccelerated ? "AVX-512"
        : Vector256.IsHardwareAccelerated ? "AVX2"
        : Vector128.IsHardwareAccelerated ? "128-bit"
        : "scalar";

    /// <summary>The most memory that this process has had at once, in megabytes.</summary>
    internal static double PeakMemory => (FromLinux() ?? Process.GetCurrentProcess().PeakWorkingSet64) / BytesPerMegabyte;

    /// <summary>
    /// Gives back what is not in use and begins to look for the most memory anew; where the system cannot forget it (other than Linux), the
    /// earlier peak stays.
    /// </summary>
    internal static void ResetPeakMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            // 5 resets the high-water mark (proc(5)).
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The mark of the whole process is then what is reported.
        }
    }

    // "VmHWM:   123456 kB": the high-water mark, which the runtime does not pass on.
    private static double? FromLinux()
    {
        const string Status = "/proc/self/status";
        const string Key = "VmHWM:";
        if (
            !File.Exists(Status)
            || File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) is not { } found)
        {
            return null;
        }

        return 1024 * double.Parse(found[Key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
