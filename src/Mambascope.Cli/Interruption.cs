using System.Runtime.InteropServices;

namespace Mambascope.Cli;

/// <summary>
/// Ctrl-C and termination end the process at once, but never in the middle of a file: a write in progress is finished first.
/// Signals belong to the process, so the gate is the one thing here that is shared by all.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly Lock gate = new();
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
        lock (gate)
        {
            Progress.RestoreTerminal();
            Environment.Exit(exitCode);
        }
    }
}
