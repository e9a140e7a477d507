using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Mambascope.Application;

namespace Mambascope.Explorer.Serving;

/// <summary>
/// How far jobs are. A browser that asks for something long names its job and listens here meanwhile; steps that nobody listens to are
/// dropped.
/// </summary>
internal sealed class ProgressBoard
{
    /// <summary>The header in which a request names its job.</summary>
    internal const string Header = "X-Job";

    private const int MostListeners = 64;
    private readonly ConcurrentDictionary<string, Channel<Step>> listeners = new(StringComparer.Ordinal);

    /// <summary>Where the work on a job tells its steps; null for work without a name.</summary>
    internal IProgress<Step>? Of(string? job) => job is null ? null : new Told(this, job);

    /// <summary>The steps of a job as they come, until the listener goes.</summary>
    /// <exception cref="BusyException">Too many listen.</exception>
    internal async IAsyncEnumerable<Step> Listen(string job, [EnumeratorCancellation] CancellationToken gone)
    {
        if (listeners.Count >= MostListeners)
        {
            throw new BusyException(MostListeners);
        }

        // Only the latest matters.
        var channel = Channel.CreateBounded<Step>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        listeners[job] = channel;
        try
        {
            yield return new("waiting");
            await foreach (var step in channel.Reader.ReadAllAsync(gone))
            {
                yield return step;
            }
        }
        finally
        {
            listeners.TryRemove(KeyValuePair.Create(job, channel));
        }
    }

    // Looked up each time: a browser begins to listen when it has waited for a while.
    private sealed class Told(ProgressBoard board, string job) : IProgress<Step>
    {
        public void Report(Step value)
        {
            if (board.listeners.TryGetValue(job, out var channel))
            {
                channel.Writer.TryWrite(value);
            }
        }
    }
}
