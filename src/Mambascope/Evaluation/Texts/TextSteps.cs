namespace Mambascope.Evaluation.Texts;

/// <summary>Shares of the tokens that are taken away or put back, step by step: 0, 0.1 ... 1.</summary>
internal static class TextSteps
{
    /// <summary>Number of steps, after the one that changes nothing.</summary>
    public const int Count = 10;

    /// <summary>The shares, from 0 to 1.</summary>
    public static IReadOnlyList<double> Shares { get; } = [.. Enumerable.Range(0, Count + 1).Select(step => step / (double)Count)];

    /// <summary>
    /// Tokens of a step: ceil(step / 10 · n), in whole numbers. (The released code multiplies in floating point, where 0.3 · 10 is a little
    /// more than 3 and takes a fourth token.)
    /// </summary>
    public static int Tokens(int step, int n) => (int)((((long)step * n) + Count - 1) / Count);

    /// <summary>Tokens of a share: ceil(share · n), at least 1 where there is a token.</summary>
    public static int Tokens(double share, int n) => Math.Min(n, Math.Max(1, (int)Math.Ceiling((share * n) - 1e-9)));

    /// <summary>Area under a curve over <see cref="Shares"/> by the trapezoid rule.</summary>
    public static double Area(IReadOnlyList<double> values)
    {
        var area = 0.0;
        for (var i = 1; i < values.Count; i++)
        {
            area += (values[i - 1] + values[i]) / 2 / (values.Count - 1);
        }

        return area;
    }
}
