using System.Diagnostics;
using Mambascope.Application;
using Spectre.Console;

namespace Mambascope.Cli;

/// <summary>
/// Says on stderr what is going on, once it has taken a second, and takes the line away when it is done. Silent where stderr is no
/// terminal: logs and pipes get messages only.
/// </summary>
internal sealed class Progress
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan lines = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan pace = TimeSpan.FromMilliseconds(200);
    private readonly IAnsiConsole? console;

    private readonly TextWriter? log;

    private Progress(IAnsiConsole? console, TextWriter? log) => (this.console, this.log) = (console, log);

    /// <summary>For the given error stream.</summary>
    internal static Progress On(TextWriter error)
        => new(ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            : null, error);

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

    /// <summary>
    /// Does long work that says how far it is: shown while it lasts; where stderr is no terminal, a line when it begins and twice a minute.
    /// </summary>
    internal T Telling<T>(string what, Func<Action<string>, T> work)
    {
        if (console is not null)
        {
            return During(what, work);
        }

        var (clock, said) = (Stopwatch.StartNew(), TimeSpan.MinValue);
        return work(better =>
        {
            if (said == TimeSpan.MinValue || clock.Elapsed - said > lines)
            {
                said = clock.Elapsed;
                log?.WriteLine($"mambascope: {better}");
            }
        });
    }

    /// <summary>Does the work, showing <paramref name="what"/> and then each step that the work tells of.</summary>
    internal T Following<T>(string what, Func<IProgress<Step>, T> work) => During(what, say => work(new Steps(say)));

    /// <summary>
    /// Does work that consists of <paramref name="total"/> pieces, showing how many are done, their rate and the time left; where stderr is
    /// no terminal, a line a minute.
    /// </summary>
    /// <param name="what">What is done.</param>
    /// <param name="unit">What a piece is called, several of them.</param>
    /// <param name="done">Pieces done before.</param>
    /// <param name="total">Pieces in all.</param>
    /// <param name="work">Calls its argument after each piece.</param>
    internal void Counting(string what, string unit, int done, int total, Action<Action> work)
    {
        var (clock, finished) = (Stopwatch.StartNew(), 0);
        if (console is null)
        {
            var said = TimeSpan.Zero;
            work(() =>
            {
                finished++;
                if (clock.Elapsed - said > TimeSpan.FromMinutes(1))
                {
                    said = clock.Elapsed;
                    log?.WriteLine($"mambascope: {Line()}");
                }
            });
            return;
        }

        console.Status().Spinner(Spinner.Known.Line).Start(Markup.Escape(Line()), status => work(() =>
        {
            finished++;
            status.Status(Markup.Escape(Line()));
        }));

        string Line()
        {
            var rate = finished / Math.Max(clock.Elapsed.TotalSeconds, 1e-3);
            var left =
                finished == 0 ? "" : $", {rate:0.0##} {unit}/s, {TimeSpan.FromSeconds((total - done - finished) / rate):h\\:mm\\:ss} left";
            return $"{what}: {done + finished} of {total} {unit}{left}";
        }
    }

    /// <summary>Shows the cursor again after an interruption.</summary>
    internal static void RestoreTerminal()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\u001b[?25h\n");
        }
    }

    // Told at once, on the thread that works.
    private sealed class Steps(Action<string> say) : IProgress<Step>
    {
        public void Report(Step value) => say(value.ToString());
    }
}
