namespace Mambascope.Numerics;

/// <summary>
/// The order in which a scan visits the tokens: step t reads token <c>Tokens[t]</c>. Order is data, so a backward scan of Vision Mamba
/// (or the four paths of VMamba) needs no flipped copies, and every matrix stays in token coordinates.
/// </summary>
public sealed class ScanOrder
{
    private readonly int[] tokens;

    private ScanOrder(int[] tokens) => this.tokens = tokens;

    /// <summary>0, 1, 2, ..., L-1.</summary>
    public static ScanOrder Forward(int length) => new([.. Enumerable.Range(0, length)]);

    /// <summary>L-1, ..., 1, 0.</summary>
    public static ScanOrder Reverse(int length) => new([.. Enumerable.Range(0, length).Select(t => length - 1 - t)]);

    /// <summary>
    /// Column by column over tokens that lie on a grid row by row, each from the top to the bottom: 0, W, 2W, ..., 1, W+1, ...; or the same
    /// backwards.
    /// </summary>
    public static ScanOrder Columns(int rows, int columns, bool isReversed = false)
    {
        int[] order = [.. Enumerable.Range(0, rows * columns).Select(t => (t % rows * columns) + (t / rows))];
        if (isReversed)
        {
            Array.Reverse(order);
        }

        return new(order);
    }

    /// <summary>Any permutation of 0..L-1.</summary>
    public static ScanOrder Of(params int[] permutation)
    {
        var seen = new bool[permutation.Length];
        foreach (var token in permutation)
        {
            if ((uint)token >= (uint)seen.Length || seen[token])
            {
                throw new ArgumentException(
                    $"A scan order of {seen.Length} steps must name each token below {seen.Length} once; {token} is outside or named twice",
                    nameof(permutation));
            }

            seen[token] = true;
        }

        return new([.. permutation]);
    }

    /// <summary>Token visited at each step.</summary>
    public ReadOnlySpan<int> Tokens => tokens;

    /// <summary>Number of steps, L.</summary>
    public int Length => tokens.Length;

    /// <summary>Step at which each token is visited: the inverse permutation.</summary>
    public int[] Steps()
    {
        var steps = new int[tokens.Length];
        for (var t = 0; t < tokens.Length; t++)
        {
            steps[tokens[t]] = t;
        }

        return steps;
    }
}
