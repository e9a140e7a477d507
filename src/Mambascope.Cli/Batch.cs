using System.Text.Json.Nodes;
using Mambascope.Application;

namespace Mambascope.Cli;

/// <summary>What came of many inputs: one that cannot be read is named, counted and left out.</summary>
/// <typeparam name="TResult">What comes of each.</typeparam>
internal sealed class Batch<TResult>
{
    private readonly int count;
    private readonly List<(string Input, string Error)> failed = [];

    private Batch(int count) => this.count = count;

    /// <summary>What came of those that could be read, in their order.</summary>
    internal List<TResult> Results { get; } = [];

    /// <summary>Those that could not, for machines.</summary>
    internal JsonArray Failed
        => [.. failed.Select(each => (JsonNode)new JsonObject { ["input"] = each.Input, ["error"] = each.Error })];

    /// <summary>Does the work on each input.</summary>
    /// <param name="session">Where progress and failures are told.</param>
    /// <param name="what">What is done.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="name">What to call one.</param>
    /// <param name="work">The work.</param>
    internal static Batch<TResult> Of<TInput>(
        Session session, string what, IReadOnlyList<TInput> inputs, Func<TInput, string> name, Func<TInput, TResult> work)
        => Of(session, what, inputs, name, input => input, work, result => result);

    /// <summary>
    /// The same for work whose middle takes all threads, and whose ends take one: an input is read, and the one before it finished, while
    /// the model runs, unless there is one thread only. Inputs are read in their order, and finished in it.
    /// </summary>
    /// <param name="session">Where progress and failures are told.</param>
    /// <param name="what">What is done.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="name">What to call one.</param>
    /// <param name="read">Reads an input.</param>
    /// <param name="work">What the model does with it.</param>
    /// <param name="finish">What is made of that: pictures, files.</param>
    internal static Batch<TResult> Of<TInput, TRead, TDone>(
        Session session, string what, IReadOnlyList<TInput> inputs, Func<TInput, string> name, Func<TInput, TRead> read,
        Func<TRead, TDone> work, Func<TDone, TResult> finish)
    {
        var batch = new Batch<TResult>(inputs.Count);
        var isAlone = (session.Threads ?? Environment.ProcessorCount) == 1;
        session.Progress.Counting(what, "inputs", 0, inputs.Count, count =>
        {
            var next = inputs.Count == 0 ? null : Start(0);
            (TInput Input, Task<TResult> Result)? last = null;
            for (var i = 0; i < inputs.Count; i++)
            {
                var reading = next!;
                try
                {
                    var subject = reading.GetAwaiter().GetResult();
                    next = i + 1 < inputs.Count ? Start(i + 1) : null;
                    var done = work(subject);
                    Take(last);
                    last = (inputs[i], Ahead(() => finish(done)));
                }
                catch (BadInputException error)
                {
                    Take(last);
                    last = null;
                    batch.failed.Add((name(inputs[i]), error.Message));
                    next = next == reading && i + 1 < inputs.Count ? Start(i + 1) : next;
                }

                count();
            }

            Take(last);

            Task<TRead> Start(int i) => Ahead(() => read(inputs[i]));
            Task<TAny> Ahead<TAny>(Func<TAny> part) => isAlone ? Now(part) : Task.Run(part);
            void Take((TInput Input, Task<TResult> Result)? one)
            {
                try
                {
                    if (one is { } there)
                    {
                        batch.Results.Add(there.Result.GetAwaiter().GetResult());
                    }
                }
                catch (BadInputException error)
                {
                    batch.failed.Add((name(one!.Value.Input), error.Message));
                }
            }
        });
        foreach (var (input, error) in batch.failed)
        {
            session.Warn($"{ShownText.Line(error)} (left out{(error.Contains(input, StringComparison.Ordinal) ? "" : $": {input}")})");
        }

        return batch;
    }

    // Done here and at once; what goes wrong shows where the result is taken, as with others.
    private static Task<TAny> Now<TAny>(Func<TAny> part)
    {
        var task = new Task<TAny>(part);
        task.RunSynchronously();
        return task;
    }

    /// <summary>Ends with exit code 2 when an input was left out, after all results are there.</summary>
    /// <exception cref="BadInputException">One was.</exception>
    internal void RequireAll()
    {
        if (failed.Count > 0)
        {
            throw new BadInputException($"{failed.Count} of {count} inputs could not be read, see the warnings; the others are done");
        }
    }
}
