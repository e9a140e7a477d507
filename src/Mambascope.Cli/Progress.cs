using Spectre.Console;

namespace Mambascope.Cli;

/// <summary>
/// Says on stderr what is going on, once it has taken a second, and takes the line away when it is done. Silent where stderr is no
/// terminal: logs and pipes get messages only.
/// </summary>
internal sealed class Progress
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan pace = TimeSpan.FromMilliseconds(200);
    private readonly IAnsiConsole? console;

    private Progress(IAnsiConsole? console) => this.console = console;

    /// <summary>For the given error stream.</summary>
    internal static Progress On(TextWriter error)
        => new(ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            : null);

    /// <summary>Does the work, showing <paramref name="what"/> while it lasts.</summary>
    internal T During<T>(string what, Func<T> work) => During(what, _ => work());

    /// <summary>Does the work, showing <paramref name="what"/> until the work says something better.</summary>
    internal T During<T>(string what, Func<Action<string>, T> work)
    {
        if (console is null)
        {
            return work(static _ => { });
        }

        var said = what;
        var task = Task.Run(() => work(better => Volatile.Write(ref said, better)));
        var done = ((IAsyncResult)task).AsyncWaitHandle; // waits without throwing: the work's own exception comes below
        if (!done.WaitOne(patience))
        {
            console.Status().Spinner(Spinner.Known.Line).Start(Markup.Escape(said), status =>
            {
                while (!done.WaitOne(pace))
                {
                    status.Status = Markup.Escape(Volatile.Read(ref said));
                }
            });
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
