using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests;

/// <summary>Golden values by file, and the comparison that says how far off a result is.</summary>
internal static class Golden
{
    /// <summary>Path of a file in the tests' copy of the golden values.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([AppContext.BaseDirectory, "Golden", .. parts]);

    /// <summary>
    /// Largest error as a share of the largest expected absolute value; fails with the figure when it is beyond the tolerance,
    /// and prints it in any case.
    /// </summary>
    public static void AssertClose(string name, ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (error, scale, at) = (0.0, 0.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            var difference = Math.Abs(actual[i] - expected[i]);
            if (!(difference <= error))
            {
                (error, at) = (difference, i);
            }
        }

        var relative = error / Math.Max(scale, double.Epsilon);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: error {relative:E1} of the largest value {scale:G4}");
        Assert.True(
            relative <= tolerance,
            $"{name}: error {relative:E2} of the largest value {scale:G6}, allowed {tolerance:E0}; at {at}: {actual[at]:G9}, expected "
                + $"{expected[at]:G9}");
    }

    /// <summary>The values of a golden tensor.</summary>
    public static double[] Read(this Checkpoint golden, string name) => golden.ReadDoubles(name);
}
