using System.Runtime.ExceptionServices;

namespace Mambascope.Numerics;

/// <summary>
/// A persistent set of threads that share the pieces of one loop. Pieces are handed out in order of arrival, so a kernel must make
/// each piece's result independent of who computes it; then every thread count gives the same bits.
/// Passed in explicitly, never global. Safe to use from several threads: a second caller simply works alone.
/// </summary>
public sealed class Workers : IDisposable
{
    // Waiting threads spin this long (some ten microseconds) before they sleep: kernels follow each other closely.
    private const int SpinIterations = 400;

    // The value of entered while no loop takes helpers.
    private const int Closed = int.MinValue;

    private readonly Thread[] threads;
    private readonly Lock gate = new();
    private Action<int>? body;
    private int pieceCount;
    private int nextPiece;
    private int entered = Closed;
    private int sleeping;
    private int round;
    private volatile bool stopping;
    private Exception? failure;

    /// <summary>Creates a set that uses <paramref name="count"/> threads in all, the caller's included.</summary>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        threads = new Thread[count - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true, Name = $"mambascope worker {i + 1}" };
            threads[i].Start();
        }
    }

    /// <summary>Creates a set with a thread for every processor.</summary>
    public Workers() : this(Environment.ProcessorCount) { }

    /// <summary>Threads in use, the caller's included.</summary>
    public int Count { get; }

    /// <summary>Runs <paramref name="piece"/> for 0..pieces-1 and returns when all are done. The first exception is thrown here.</summary>
    public void For(int pieces, Action<int> piece)
    {
        if (pieces <= 0)
        {
            return;
        }

        // Alone, with one piece, or when the threads are busy (a nested or a concurrent call): do it here.
        if (threads.Length == 0 || pieces == 1 || gate.IsHeldByCurrentThread || !gate.TryEnter())
        {
            for (var i = 0; i < pieces; i++)
            {
                piece(i);
            }

            return;
        }

        try
        {
            Share(pieces, piece);
        }
        finally
        {
            gate.Exit();
        }
    }

    private void Share(int pieces, Action<int> piece)
    {
        body = piece;
        pieceCount = pieces;
        nextPiece = 0;
        failure = null;
        Volatile.Write(ref entered, 0);

        // A full fence stands between the new round and the look at the sleepers, as one stands between a sleeper's count and its
        // look at the round: one of the two sees the other.
        Interlocked.Increment(ref round);
        if (Volatile.Read(ref sleeping) > 0)
        {
            lock (threads)
            {
                Monitor.PulseAll(threads);
            }
        }

        TakePieces();

        // Wait for those who came, not for those who have not woken yet: they will find the loop closed.
        var spinner = default(SpinWait);
        while (Interlocked.CompareExchange(ref entered, Closed, comparand: 0) != 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        body = null;
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private bool Enter()
    {
        var count = Volatile.Read(ref entered);
        while (count >= 0)
        {
            var found = Interlocked.CompareExchange(ref entered, count + 1, count);
            if (found == count)
            {
                return true;
            }

            count = found;
        }

        return false;
    }

    private void TakePieces()
    {
        try
        {
            for (var i = Interlocked.Increment(ref nextPiece) - 1; i < pieceCount; i = Interlocked.Increment(ref nextPiece) - 1)
            {
                body!(i);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, comparand: null);
            Volatile.Write(ref nextPiece, pieceCount);
        }
    }

    private void Work()
    {
        var seen = 0;
        while (true)
        {
            for (var spin = 0; spin < SpinIterations && Volatile.Read(ref round) == seen && !stopping; spin++)
            {
                // Now and then the processor is offered to others: it may be the one that the caller waits for.
                if (spin % 8 == 7)
                {
                    Thread.Yield();
                }
                else
                {
                    Thread.SpinWait(4);
                }
            }

            if (Volatile.Read(ref round) == seen && !stopping)
            {
                Sleep(seen);
            }

            if (stopping)
            {
                return;
            }

            seen = Volatile.Read(ref round);
            if (Enter())
            {
                TakePieces();
                Interlocked.Decrement(ref entered);
            }
        }
    }

    private void Sleep(int seen)
    {
        lock (threads)
        {
            Interlocked.Increment(ref sleeping);
            while (Volatile.Read(ref round) == seen && !stopping)
            {
                Monitor.Wait(threads);
            }

            Interlocked.Decrement(ref sleeping);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (threads)
        {
            stopping = true;
            Monitor.PulseAll(threads);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }
}
