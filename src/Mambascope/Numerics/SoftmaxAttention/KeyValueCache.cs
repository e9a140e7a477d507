namespace Mambascope.Numerics;

/// <summary>
/// Keys and values of the tokens that a layer's causal attention has seen, in order; it grows as tokens are read. Copies share the memory
/// of what they have in common: one of them goes on in it, the others take memory of their own when they do.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class KeyValueCache<T>
    where T : unmanaged
{
    private const int FirstCapacity = 64;

    private Storage storage = new([], [], used: 0);

    /// <summary>An empty cache.</summary>
    /// <param name="width">Channels of a token's key and value, all heads together.</param>
    public KeyValueCache(int width) => Width = width;

    /// <summary>Channels of a token, d.</summary>
    public int Width { get; }

    /// <summary>Tokens seen.</summary>
    public int Count { get; private set; }

    /// <summary>Keys, Count x d values.</summary>
    public ReadOnlySpan<T> Keys => storage.Keys.AsSpan(0, Count * Width);

    /// <summary>Values, Count x d values.</summary>
    public ReadOnlySpan<T> Values => storage.Values.AsSpan(0, Count * Width);

    /// <summary>The key of a token.</summary>
    public ReadOnlySpan<T> Key(int token) => storage.Keys.AsSpan(token * Width, Width);

    /// <summary>The value of a token.</summary>
    public ReadOnlySpan<T> Value(int token) => storage.Values.AsSpan(token * Width, Width);

    /// <summary>Keys and values of floats, (Count, d) each.</summary>
    public (MatrixView Keys, MatrixView Values) Singles()
        => (MatrixView.Of((float[])(object)storage.Keys, Count, Width), MatrixView.Of((float[])(object)storage.Values, Count, Width));

    /// <summary>Adds one token.</summary>
    public void Add(ReadOnlySpan<T> key, ReadOnlySpan<T> value)
    {
        if (!storage.Take(Count, Width))
        {
            var capacity = Math.Max(FirstCapacity, 2 * Count) * Width;
            var (keys, values) = (new T[capacity], new T[capacity]);
            Keys.CopyTo(keys);
            Values.CopyTo(values);
            storage = new(keys, values, Count + 1);
        }

        key.CopyTo(storage.Keys.AsSpan(Count * Width));
        value.CopyTo(storage.Values.AsSpan(Count * Width));
        Count++;
    }

    /// <summary>A cache with the same tokens that goes on by itself.</summary>
    public KeyValueCache<T> Copy() => new(Width) { storage = storage, Count = Count };

    /// <summary>A cache of the given tokens.</summary>
    public static KeyValueCache<T> Of(T[] keys, T[] values, int width)
        => new(width)
        {
            storage = new(keys, values, keys.Length / width),
            Count = keys.Length / width,
        };

    private sealed class Storage(T[] keys, T[] values, int used)
    {
        private int used = used;

        public T[] Keys { get; } = keys;

        public T[] Values { get; } = values;

        /// <summary>The place behind so many tokens, if there is one and no other copy has taken it.</summary>
        public bool Take(int count, int width)
            => (count + 1) * width <= Keys.Length && Interlocked.CompareExchange(ref used, count + 1, count) == count;
    }
}
