using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Takes edges out of a scan's or a softmax's attention: y_i loses the sum of alpha[i, j] u_j over the cut edges, which is one scan of the
/// sources alone; softmax attention gives cut edges no weight and shares it among the rest.
/// </summary>
internal static class EdgeCut
{
    /// <summary>y[b, i, e] -= sum of alpha[e, i, j] u[b, j, e] over cut edges (i, j).</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="inputs">The scan.</param>
    /// <param name="sources">Tokens that lose edges.</param>
    /// <param name="isCut">Whether the edge (output, source) is cut.</param>
    /// <param name="y">Output of the scan; changed in place.</param>
    /// <param name="channels">The channels in which edges are cut; null for all.</param>
    public static void Scan<T>(
        Workers workers,
        BufferPool<T> pool,
        ScanInputs<T> inputs,
        IReadOnlyList<int> sources,
        Func<int, int, bool> isCut,
        Activation<T> y,
        (int First, int Count)? channels = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (first, count) = channels ?? (0, y.Width);
        if (IsAllButSelf(y.Length, sources, isCut))
        {
            OnlySelf(inputs, y, first, count);
            return;
        }

        var (alone, part) = (pool.Rent(y.Batch, y.Length, y.Width), pool.Rent(y.Batch, y.Length, y.Width));
        // Sources with the same outputs go through the scan together.
        foreach (
            var group in sources
                .Distinct()
                .GroupBy(source => string.Concat(Enumerable.Range(0, y.Length).Select(i => isCut(i, source) ? '1' : '0'))))
        {
            if (!group.Key.Contains('1', StringComparison.Ordinal))
            {
                continue;
            }

            alone.Clear();
            for (var item = 0; item < y.Batch; item++)
            {
                foreach (var source in group)
                {
                    inputs.U.Row(item, source).CopyTo(alone.Row(item, source));
                }
            }

            SelectiveScan.Forward(workers, inputs with { U = alone }, part);
            for (var row = 0; row < y.Rows; row++)
            {
                if (group.Key[row % y.Length] == '1')
                {
                    StateLine.Add(y.Row(row).Slice(first, count), -T.One, part.Row(row).Slice(first, count));
                }
            }
        }

        pool.Return(alone);
        pool.Return(part);
    }

    // Whether every token loses all that it hears from others, and only that; a scan for each source would be a scan for each token then.
    private static bool IsAllButSelf(int length, IReadOnlyList<int> sources, Func<int, int, bool> isCut)
        => sources.Distinct().Count() == length
            && Enumerable.Range(0, length).All(i => !isCut(i, i) && Enumerable.Range(0, i).All(j => isCut(i, j)));

    // What a token takes from itself, alpha[e, t, t] u_t = Delta_t u_t (sum over n of C_t B_t), whatever the decay is.
    private static void OnlySelf<T>(ScanInputs<T> inputs, Activation<T> y, int first, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var states = inputs.B.Width / inputs.Groups;
        for (var row = 0; row < y.Rows; row++)
        {
            var u = inputs.U.Row(row);
            var delta = inputs.Delta.Row(row);
            var b = inputs.B.Row(row);
            var c = inputs.C.Row(row);
            var line = y.Row(row);
            for (var e = first; e < first + count; e++)
            {
                var group = e * inputs.Groups / y.Width * states;
                var sum = T.Zero;
                for (var n = group; n < group + states; n++)
                {
                    sum += c[n] * b[n];
                }

                line[e] = delta[e * delta.Length / y.Width] * u[e] * sum;
            }
        }
    }

    /// <summary>
    /// Rows of softmax probabilities (Batch, H L, L) without the cut edges, scaled to sum one again; a row that loses all becomes zero.
    /// </summary>
    /// <param name="sources">Tokens that lose edges.</param>
    /// <param name="isCut">Whether the edge (output, source) is cut.</param>
    /// <param name="heads">Heads, H.</param>
    /// <param name="isHeadCut">Whether edges of a head are cut.</param>
    /// <param name="a">Probabilities; changed in place.</param>
    public static void Softmax<T>(
        IReadOnlyList<int> sources, Func<int, int, bool> isCut, int heads, Func<int, bool> isHeadCut, Activation<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < a.Rows; row++)
        {
            var line = a.Row(row);
            if (!isHeadCut(row / line.Length % heads))
            {
                continue;
            }

            var lost = T.Zero;
            foreach (var source in sources.Distinct())
            {
                if (isCut(row % line.Length, source))
                {
                    lost += line[source];
                    line[source] = T.Zero;
                }
            }

            if (lost > T.Zero)
            {
                var kept = T.One - lost;
                foreach (ref var value in line)
                {
                    value = kept > T.Zero ? value / kept : T.Zero;
                }
            }
        }
    }
}
