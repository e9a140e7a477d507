using Mambascope.Numerics;

namespace Mambascope.Tests.Numerics;

/// <summary>
/// Runs a float kernel with registers of one width on 1, 2 and 3 threads, hands each result to a comparison with the plain double form
/// and fails if the bits differ between thread counts.
/// </summary>
internal static class KernelCheck
{
    /// <param name="lanes">Width of the registers.</param>
    /// <param name="target">What the kernel starts from: fresh, the same every time.</param>
    /// <param name="kernel">The kernel that writes or adds to the given copy of the target.</param>
    /// <param name="expected">The plain double result.</param>
    /// <param name="what">Name for messages.</param>
    /// <param name="bound">Largest error allowed, relative to the largest value.</param>
    public static void Run<TKernel>(
        int lanes,
        Activation<float> target,
        Func<Workers, Activation<float>, TKernel> kernel,
        Activation<double> expected,
        string what,
        double bound = 2e-6)
        where TKernel : struct, IWidthKernel
    {
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            var found = Samples.Copy(target);
            Widths.Run(lanes, kernel(workers, found));
            Samples.Close(expected, found, bound, $"{what}, {lanes} lanes, {threads} threads");
            first ??= found.ToArray();
            Xunit.Assert.Equal(first, found.ToArray());
        }
    }

    /// <summary>The same for the gradient of a weight, an array that is always added to.</summary>
    public static void Run<TKernel>(
        int lanes, float[] target, Func<Workers, float[], TKernel> kernel, double[] expected, string what, double bound = 2e-6)
        where TKernel : struct, IWidthKernel
    {
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            float[] found = [.. target];
            Widths.Run(lanes, kernel(workers, found));
            Samples.Close(expected, found, bound, $"{what}, {lanes} lanes, {threads} threads");
            first ??= found;
            Xunit.Assert.Equal(first, found);
        }
    }
}
