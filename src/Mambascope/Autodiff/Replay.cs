using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>Where an operator puts the adjoint of one of its inputs.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Data">The adjoint's memory, of the input's shape.</param>
/// <param name="Accumulate">Whether to add to what is there or to overwrite it.</param>
public readonly record struct AdjointTarget<T>(Activation<T> Data, bool Accumulate)
    where T : unmanaged;

/// <summary>
/// One way back through a tape: holds the adjoints on the way and, at the end, those that were asked for.
/// A replay owns its buffers and never changes the tape.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Replay<T> : IDisposable
    where T : unmanaged
{
    private readonly Tape<T> tape;
    private readonly RuleSet<T> rules;
    private readonly bool[] needed;
    private readonly bool[] wanted;
    private readonly bool[] shared;
    private readonly Adjoint?[] adjoints;

    internal Replay(Tape<T> tape, IReadOnlyCollection<Value<T>> wanted, RuleSet<T>? rules, WeightGradients<T>? weightGradients)
    {
        this.tape = tape;
        this.rules = rules ?? new RuleSet<T>();
        WeightGradients = weightGradients;
        this.wanted = new bool[tape.ValueCount];
        adjoints = new Adjoint?[tape.ValueCount];
        shared = this.rules.Shared is null ? [] : Shared(tape);
        foreach (var value in wanted)
        {
            this.wanted[value.Index] = true;
        }

        needed = [.. this.wanted];
        foreach (var op in tape.Operators)
        {
            needed[op.Output.Index] |=
                op.Inputs.Any(input => needed[input.Index])
                || (weightGradients is not null && op.Weights.Any(w => weightGradients.Find(w) is not null));
        }
    }

    /// <summary>Threads for the operators' kernels.</summary>
    public Workers Workers => tape.Workers;

    /// <summary>Memory for the operators' scratch.</summary>
    public BufferPool<T> Pool => tape.Pool;

    /// <summary>Stops the replay; rules that take long look at it between their products.</summary>
    public CancellationToken Cancellation { get; private set; }

    /// <summary>Where weight gradients go, if anywhere.</summary>
    public WeightGradients<T>? WeightGradients { get; }

    /// <summary>Where to put the adjoint of <paramref name="input"/>, or null when nothing asks for it.</summary>
    public AdjointTarget<T>? Target(Value<T> input)
    {
        if (!needed[input.Index])
        {
            return null;
        }

        var adjoint = adjoints[input.Index] ??= new(tape.Pool.Rent(input.Root.Batch, input.Root.Length, input.Root.Width));
        return adjoint.Slice(input.Start, input.Width);
    }

    /// <summary>The adjoint of a value that was asked for: zeros where no path leads from the seed to it.</summary>
    public Activation<T> this[Value<T> value]
    {
        get
        {
            if (!wanted[value.Index])
            {
                throw new InvalidOperationException("This adjoint was not asked for; name the value in the call of Backward");
            }

            var adjoint = adjoints[value.Index] ??= new(tape.Pool.Rent(value.Root.Batch, value.Root.Length, value.Root.Width));
            return adjoint.Complete().Columns(value.Start, value.Width);
        }
    }

    internal void Run(Value<T> seed, Activation<T> dSeed, CancellationToken cancellation)
    {
        Cancellation = cancellation;
        if (Target(seed) is not { } start)
        {
            return;
        }

        start.Data.CopyFrom(dSeed);
        for (var i = tape.Operators.Count - 1; i >= 0; i--)
        {
            var op = tape.Operators[i];
            if (adjoints[op.Output.Index] is not { } adjoint || op.Output.Index > seed.Index)
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            var complete = adjoint.Complete();
            if (rules.Shared is { } given && shared[op.Output.Index])
            {
                given(op.Output, this, complete);
            }

            rules.Apply(op, this, complete);
            if (!wanted[op.Output.Index])
            {
                tape.Pool.Return(adjoint.Data);
                adjoints[op.Output.Index] = null;
            }
        }
    }

    // Of every value, whether two operators read the same columns of it; slices side by side (q, k, v of one linear layer) share nothing.
    private static bool[] Shared(Tape<T> tape)
    {
        var isShared = new bool[tape.ValueCount];
        foreach (var value in tape.Operators.SelectMany(op => op.Inputs).GroupBy(input => input.Index))
        {
            var reads = value.OrderBy(input => input.Start).ToArray();
            isShared[value.Key] = reads.Zip(reads.Skip(1)).Any(pair => pair.Second.Start < pair.First.Start + pair.First.Width);
        }

        return isShared;
    }

    /// <summary>Gives the adjoints' memory back.</summary>
    public void Dispose()
    {
        for (var i = 0; i < adjoints.Length; i++)
        {
            if (adjoints[i] is { } adjoint)
            {
                tape.Pool.Return(adjoint.Data);
                adjoints[i] = null;
            }
        }
    }

    /// <summary>The adjoint of a whole value, and which of its columns have been written so far.</summary>
    private sealed class Adjoint(Activation<T> data)
    {
        private readonly List<(int Start, int End)> written = [];

        public Activation<T> Data { get; } = data;

        public AdjointTarget<T> Slice(int start, int width)
        {
            var end = start + width;
            if (written.Exists(w => w.Start <= start && end <= w.End))
            {
                return new(Data.Columns(start, width), Accumulate: true);
            }

            // A slice that overlaps what is there in part: zero the rest and add.
            if (written.Exists(w => start < w.End && w.Start < end))
            {
                Complete();
                return new(Data.Columns(start, width), Accumulate: true);
            }

            written.Add((start, end));
            return new(Data.Columns(start, width), Accumulate: false);
        }

        /// <summary>Zeroes the columns that nothing wrote.</summary>
        public Activation<T> Complete()
        {
            written.Sort();
            var position = 0;
            foreach (var (start, end) in written)
            {
                if (start > position)
                {
                    Data.Columns(position, start - position).Clear();
                }

                position = Math.Max(position, end);
            }

            if (position < Data.Width)
            {
                Data.Columns(position, Data.Width - position).Clear();
            }

            written.Clear();
            written.Add((0, Data.Width));
            return Data;
        }
    }
}
