using System.Globalization;

namespace Mambascope.Models;

/// <summary>How much memory this process may still take.</summary>
internal static class FreeMemory
{
    private const string LinuxFile = "/proc/meminfo";
    private const string LinuxEntry = "MemAvailable:";

    /// <summary>What the machine has free, and not more than the limit of the process's container leaves.</summary>
    public static double Bytes
    {
        get
        {
            var info = GC.GetGCMemoryInfo();
            var allowed = info.TotalAvailableMemoryBytes - (double)Environment.WorkingSet;
            return Math.Max(0, Math.Min(allowed, OnLinux() ?? (info.TotalAvailableMemoryBytes - (double)info.MemoryLoadBytes)));
        }
    }

    // Caches of files count as free there.
    private static double? OnLinux()
    {
        try
        {
            return File.Exists(LinuxFile)
                && File.ReadLines(LinuxFile).FirstOrDefault(line => line.StartsWith(LinuxEntry, StringComparison.Ordinal)) is { } line
                && double.TryParse(
                    line[LinuxEntry.Length..].Replace("kB", "", StringComparison.Ordinal),
                    NumberStyles.Number,
                    CultureInfo.InvariantCulture,
                    out var kilobytes)
                ? kilobytes * 1024
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
