using Spectre.Console;

namespace Mambascope.Cli;

/// <summary>
/// Says on stderr what is going on, once it has taken a second, and takes the line away when it is done. Silent where stderr is no
/// terminal: logs and pipes get messages only.
/// </summary>
internal sealed class Progress
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);
    private readonly IAnsiConsole? console;

    private Progress(IAnsiConsole? console) => this.console = console;

    /// <summary>For the given error stream.</summary>
    internal static Progress On(TextWriter error)
        => new(ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            : null);

    /// <summary>Does the work, showing <paramref name="what"/> while it lasts.</summary>
    internal T During<T>(string what, Func<T> work)
    {
        if (console is null)
        {
            return work();
        }

        var task = Task.Run(work);
        var done = ((IAsyncResult)task).AsyncWaitHandle; // waits without throwing: the work's own exception comes below
        if (!done.WaitOne(patience))
        {
            console.Status().Spinner(Spinner.Known.Line).Start(Markup.Escape(what), _ => done.WaitOne());
        }

        return task.GetAwaiter().GetResult();
    }

    /// <summary>Shows the cursor again after an interruption.</summary>
    internal static void RestoreTerminal()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\u001b[?25h\n");
        }
    }
}
