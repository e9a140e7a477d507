using System.Collections.Concurrent;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Runs;

/// <summary>
/// Runs data x models x methods through one test. Images (or questions about texts) are shared among threads, each worked on by one; results
/// leave in the order of the data, so neither threads nor interruptions change a byte of them.
/// </summary>
public abstract class EvaluationRun
{
    private readonly ConcurrentBag<BufferPool<float>> pools = [];

    private protected EvaluationRun(EvaluationSettings settings) => Settings = settings;

    /// <summary>What decides the results.</summary>
    public EvaluationSettings Settings { get; }

    /// <summary>Works through the images or questions of the shard from the given place on.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="first">Images or questions of the shard that are done already.</param>
    /// <param name="count">Images or questions to do at most.</param>
    /// <param name="finished">Called with the lines of each, one after the other, in order; never at the same time.</param>
    /// <param name="cancellation">Stops between them.</param>
    public void Run(Workers workers, int first, int count, Action<IReadOnlyList<ResultLine>> finished, CancellationToken cancellation = default)
    {
        var units = Settings.Units.Skip(first).Take(count).ToArray();
        var waiting = new Dictionary<int, IReadOnlyList<ResultLine>>();
        var next = 0;
        using var alone = new Workers(1);
        workers.For(units.Length, i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var pool = pools.TryTake(out var used) ? used : new();
            var lines = Measure(units[i], alone, pool);
            pools.Add(pool);
            lock (waiting)
            {
                for (waiting.Add(i, lines); waiting.Remove(next, out var ready); next++)
                {
                    finished(ready);
                }
            }
        });
    }

    /// <summary>All lines of an image or question: models in their order, and methods in theirs.</summary>
    private protected abstract IReadOnlyList<ResultLine> Measure(int unit, Workers alone, BufferPool<float> pool);
}
