using System.Runtime.InteropServices;

namespace Mambascope.Cli;

/// <summary>
/// Ctrl-C and termination end the process at once, but never in the middle of a file: a write in progress is finished first.
/// Signals belong to the process, so the gate is the one thing here that is shared by all.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly Lock gate = new();
    private static Action? instead;
    private readonly PosixSignalRegistration[] registrations;

    internal Interruption()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, ExitCode.Terminated)),
        ];
    }

    /// <summary>Writes a file that an interruption leaves either complete or alone.</summary>
    internal static void Shield(Action write)
    {
        lock (gate)
        {
            write();
        }
    }

    /// <summary>
    /// For a verb that lasts until it is ended: the first signal calls <paramref name="stop"/>, and the verb ends as it likes; a second one
    /// ends the process.
    /// </summary>
    internal static IDisposable Instead(Action stop)
    {
        instead = stop;
        return new Turn();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
    }

    private static void End(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref instead, null) is { } stop)
        {
            stop();
            return;
        }

        lock (gate)
        {
            Progress.RestoreTerminal();
            Environment.Exit(exitCode);
        }
    }

    private sealed class Turn : IDisposable
    {
        public void Dispose() => instead = null;
    }
}
