using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>
/// A record of coarse operators. A model's forward pass is written against a tape; with recording on, every intermediate quantity
/// stays and can be differentiated or given relevance by <see cref="Backward"/>; with recording off it is plain inference and buffers
/// are used again as soon as <see cref="Release"/> allows. The tape owns the memory of its run.
/// </summary>
/// <typeparam name="T">float, or double for exactness.</typeparam>
public sealed class Tape<T> : IDisposable
    where T : unmanaged
{
    private readonly List<Operator<T>> operators = [];
    private readonly List<Activation<T>> lent = [];
    private readonly CancellationToken cancellation;
    private int valueCount;

    /// <summary>Creates an empty tape.</summary>
    /// <param name="workers">Threads the operators use.</param>
    /// <param name="pool">Where memory comes from and returns to; a pool can serve one run after the other.</param>
    /// <param name="isRecording">Keep what a backward pass needs.</param>
    /// <param name="cancellation">Stops the run between two operators.</param>
    public Tape(Workers workers, BufferPool<T> pool, bool isRecording, CancellationToken cancellation = default)
    {
        this.cancellation = cancellation;
        Workers = workers;
        Pool = pool;
        IsRecording = isRecording;
    }

    /// <summary>Threads the operators use.</summary>
    public Workers Workers { get; }

    /// <summary>Where memory comes from.</summary>
    public BufferPool<T> Pool { get; }

    /// <summary>Whether operators and intermediate values are kept.</summary>
    public bool IsRecording { get; }

    /// <summary>The operators in the order of the forward pass.</summary>
    public IReadOnlyList<Operator<T>> Operators => operators;

    /// <summary>Whether the memory was given back, so that no value of this tape holds what it says.</summary>
    public bool IsDisposed { get; private set; }

    internal int ValueCount => valueCount;

    /// <summary>Puts data of the caller's on the tape; the caller keeps its memory.</summary>
    public Value<T> Input(Activation<T> data) => new(valueCount++, data);

    /// <summary>A value with memory of the tape's; contents undefined until an operator fills it.</summary>
    /// <exception cref="ObjectDisposedException">The tape was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Value<T> NewValue(int batch, int length, int width)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        cancellation.ThrowIfCancellationRequested();
        var data = Pool.Rent(batch, length, width);
        lent.Add(data);
        return new(valueCount++, data);
    }

    /// <summary>Appends an operator, already computed, and gives its output.</summary>
    public Value<T> Record(Operator<T> op)
    {
        if (IsRecording)
        {
            operators.Add(op);
        }

        return op.Output;
    }

    /// <summary>A point in the run, for <see cref="Release"/>.</summary>
    public int Mark() => lent.Count;

    /// <summary>
    /// Without recording, gives back all memory lent since the mark but that of <paramref name="keep"/>. With recording, nothing.
    /// </summary>
    public void Release(int mark, Value<T> keep)
    {
        if (IsRecording)
        {
            return;
        }

        var (kept, whole) = (mark, keep.Root.Data);
        for (var i = mark; i < lent.Count; i++)
        {
            if (ReferenceEquals(lent[i].Buffer, whole.Buffer) && lent[i].Offset == whole.Offset)
            {
                lent[kept++] = lent[i];
            }
            else
            {
                Pool.Return(lent[i]);
            }
        }

        lent.RemoveRange(kept, lent.Count - kept);
    }

    /// <summary>
    /// Replays the record from the end to the start. Only what lies between the seeds and the wanted values is computed, so asking for
    /// late values stops early. The adjoints belong to the replay: dispose of it.
    /// </summary>
    /// <param name="seed">Value at which adjoints start (the logits, or a loss's input).</param>
    /// <param name="dSeed">Its adjoint, same shape.</param>
    /// <param name="wanted">Values whose adjoints are asked for.</param>
    /// <param name="rules">Relevance rules that stand in for gradients; null for plain gradients.</param>
    /// <param name="weightGradients">Arrays to which weight gradients are added; null when none are wanted.</param>
    /// <param name="cancellation">Stops the replay between two operators.</param>
    /// <exception cref="ObjectDisposedException">The tape was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The replay was stopped.</exception>
    public Replay<T> Backward(
        Value<T> seed, Activation<T> dSeed, IReadOnlyCollection<Value<T>> wanted, RuleSet<T>? rules = null,
        WeightGradients<T>? weightGradients = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (!IsRecording)
        {
            throw new InvalidOperationException("The tape did not record; create it with isRecording: true to ask for gradients");
        }

        var replay = new Replay<T>(this, wanted, rules, weightGradients);
        try
        {
            replay.Run(seed, dSeed, cancellation);
            return replay;
        }
        catch
        {
            replay.Dispose();
            throw;
        }
    }

    /// <summary>Gives all memory back to the pool; values of this tape must not be used afterwards.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        foreach (var activation in lent)
        {
            Pool.Return(activation);
        }

        lent.Clear();
        operators.Clear();
    }
}
