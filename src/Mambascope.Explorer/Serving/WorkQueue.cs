namespace Mambascope.Explorer.Serving;

/// <summary>
/// Everything that costs time goes through here: a few answers are computed at once, some requests wait, and whoever comes when the line
/// is full is told so at once. Work whose browser has gone on to something else leaves the line or stops.
/// </summary>
internal sealed class WorkQueue(int running, int waiting, TimeSpan longest) : IDisposable
{
    private readonly SemaphoreSlim turns = new(running);
    private int inside;

    /// <summary>Computes an answer when its turn comes.</summary>
    /// <exception cref="BusyException">The line is full.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    internal async Task<T> Run<T>(Func<CancellationToken, T> work, CancellationToken gone)
    {
        try
        {
            if (Interlocked.Increment(ref inside) > running + waiting)
            {
                throw new BusyException(waiting);
            }

            using var limit = new CancellationTokenSource(longest);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, limit.Token);
            try
            {
                await turns.WaitAsync(either.Token);
                try
                {
                    return await Task.Run(() => work(either.Token), either.Token);
                }
                finally
                {
                    turns.Release();
                }
            }
            catch (OperationCanceledException stopped) when (limit.IsCancellationRequested && !gone.IsCancellationRequested)
            {
                throw new TimeoutException($"this took longer than {longest.TotalSeconds:0} seconds and was stopped", stopped);
            }
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();
}

/// <summary>More requests are waiting than are let in.</summary>
internal sealed class BusyException(int waiting) : Exception($"{waiting} requests are waiting already: ask again in a second");
