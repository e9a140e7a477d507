using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>
/// Large arrays on the pinned heap, for which Linux is asked to use pages of 2 MiB (madvise). The first touch of memory costs a fault a
/// page; on virtual machines one of 4 KiB was measured at up to 14 µs, which makes a second for 300 MB, and as much again as a forward
/// pass for the activations of a small model. Elsewhere, or where the system has huge pages switched off, arrays are as they always are.
/// </summary>
internal static unsafe partial class HugePages
{
    private const int Advice = 14; // MADV_HUGEPAGE
    private const int LeastBytes = 1 << 22; // two pages: what is smaller would mostly be ends of them

    /// <summary>An array whose contents are undefined.</summary>
    public static T[] Allocate<T>(int count)
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(count, pinned: true);
        if ((long)count * sizeof(T) >= LeastBytes && OperatingSystem.IsLinux())
        {
            fixed (T* first = values)
            {
                Ask((nuint)first, (nuint)count * (nuint)sizeof(T));
            }
        }

        return values;
    }

    // Whole pages around the array: what else lies on them is covered too. Whether the system follows is its business.
    private static void Ask(nuint address, nuint bytes)
    {
        var page = (nuint)Environment.SystemPageSize;
        var first = address / page * page;
        _ = Advise(first, (address + bytes + page - 1 - first) / page * page, Advice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
