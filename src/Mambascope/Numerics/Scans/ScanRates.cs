namespace Mambascope.Numerics;

/// <summary>The rates -A log2(e) of a scan's states, with A = -exp(A_log): made once for a weight.</summary>
internal static class ScanRates
{
    /// <summary>(N, E), from A_log (E, N).</summary>
    public static float[] Of<TWidth, TVector>(Weight aLog)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => aLog.Derived(Make<TWidth, TVector>);

    private static unsafe float[] Make<TWidth, TVector>(Weight aLog)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (E, N, lanes) = (aLog.Rows, aLog.Columns, TWidth.Lanes);
        var (values, rates) = (aLog.Values<float>(), new float[N * E]);
        var line = stackalloc float[lanes];
        new Span<float>(line, lanes).Clear();
        for (var n = 0; n < N; n++)
        {
            for (var channel = 0; channel < E; channel += lanes)
            {
                var count = Math.Min(lanes, E - channel);
                for (var lane = 0; lane < count; lane++)
                {
                    line[lane] = values[((channel + lane) * N) + n];
                }

                TWidth.Store(
                    TWidth.Multiply(
                        VectorMath<TWidth, TVector>.Exp(TWidth.Load(ref *line, 0)), TWidth.Create(VectorMath<TWidth, TVector>.Log2E)),
                    ref *line,
                    0);
                new Span<float>(line, count).CopyTo(rates.AsSpan((n * E) + channel));
            }
        }

        return rates;
    }
}
