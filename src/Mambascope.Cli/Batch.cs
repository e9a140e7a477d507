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
    {
        var batch = new Batch<TResult>(inputs.Count);
        session.Progress.Counting(what, "inputs", 0, inputs.Count, count =>
        {
            foreach (var input in inputs)
            {
                try
                {
                    batch.Results.Add(work(input));
                }
                catch (BadInputException error)
                {
                    batch.failed.Add((name(input), error.Message));
                }

                count();
            }
        });
        foreach (var (input, error) in batch.failed)
        {
            session.Warn($"{ShownText.Line(error)} (left out{(error.Contains(input, StringComparison.Ordinal) ? "" : $": {input}")})");
        }

        return batch;
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
