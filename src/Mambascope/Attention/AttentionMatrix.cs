namespace Mambascope.Attention;

/// <summary>A square matrix in token coordinates: row i is the output token, column j the input token, y = matrix u.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class AttentionMatrix<T>
    where T : unmanaged
{
    /// <summary>A zero matrix of <paramref name="length"/> tokens.</summary>
    public AttentionMatrix(int length)
        : this(new T[length * length], length) { }

    /// <summary>Wraps row-major values.</summary>
    public AttentionMatrix(T[] values, int length)
    {
        if (values.Length != length * length)
        {
            throw new ArgumentException($"A matrix of {length} tokens has {length * length} values, not {values.Length}", nameof(values));
        }

        Values = values;
        Length = length;
    }

    /// <summary>Tokens, L.</summary>
    public int Length { get; }

    /// <summary>Values, row after row.</summary>
    public T[] Values { get; }

    /// <summary>What output token <paramref name="token"/> takes from every input token.</summary>
    public Span<T> Row(int token) => Values.AsSpan(token * Length, Length);

    /// <summary>Entry (output token, input token).</summary>
    public T this[int output, int input]
    {
        get => Values[(output * Length) + input];
        set => Values[(output * Length) + input] = value;
    }
}
