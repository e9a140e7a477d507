namespace Mambascope.Numerics;

/// <summary>Keys and values of the tokens that a layer's causal attention has seen, in order; it grows as tokens are read.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class KeyValueCache<T>
    where T : unmanaged
{
    private const int FirstCapacity = 64;

    private T[] keys = [];
    private T[] values = [];

    /// <summary>An empty cache.</summary>
    /// <param name="width">Channels of a token's key and value, all heads together.</param>
    public KeyValueCache(int width) => Width = width;

    /// <summary>Channels of a token, d.</summary>
    public int Width { get; }

    /// <summary>Tokens seen.</summary>
    public int Count { get; private set; }

    /// <summary>Keys, Count x d values.</summary>
    public ReadOnlySpan<T> Keys => keys.AsSpan(0, Count * Width);

    /// <summary>Values, Count x d values.</summary>
    public ReadOnlySpan<T> Values => values.AsSpan(0, Count * Width);

    /// <summary>The key of a token.</summary>
    public ReadOnlySpan<T> Key(int token) => keys.AsSpan(token * Width, Width);

    /// <summary>The value of a token.</summary>
    public ReadOnlySpan<T> Value(int token) => values.AsSpan(token * Width, Width);

    /// <summary>Adds one token.</summary>
    public void Add(ReadOnlySpan<T> key, ReadOnlySpan<T> value)
    {
        if ((Count + 1) * Width > keys.Length)
        {
            var capacity = Math.Max(FirstCapacity, 2 * Count) * Width;
            Array.Resize(ref keys, capacity);
            Array.Resize(ref values, capacity);
        }

        key.CopyTo(keys.AsSpan(Count * Width));
        value.CopyTo(values.AsSpan(Count * Width));
        Count++;
    }

    /// <summary>A cache of its own with the same tokens.</summary>
    public KeyValueCache<T> Copy() => Of(Keys.ToArray(), Values.ToArray(), Width);

    /// <summary>A cache of the given tokens.</summary>
    public static KeyValueCache<T> Of(T[] keys, T[] values, int width)
        => new(width)
        {
            keys = keys,
            values = values,
            Count = keys.Length / width,
        };
}
