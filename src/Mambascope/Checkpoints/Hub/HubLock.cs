namespace Mambascope.Checkpoints.Hub;

/// <summary>
/// One process at a time works on a blob, Hugging Face's own tools included: they lock the same file in the same way. The system
/// releases the lock of a process that dies.
/// </summary>
internal static class HubLock
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    // "Try again" of Linux and of macOS; "sharing violation" of Windows.
    private static readonly int[] busy = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Waits until the lock is free and takes it; tells when it has to wait.</summary>
    public static async Task<IDisposable> Take(string file, Action waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (busy.Contains(error.HResult))
            {
                waiting();

                // Always in real time: another process is waited for, not the hub.
                await Task.Delay(pause, cancellation).ConfigureAwait(false);
            }
        }
    }
}
