namespace Mambascope.Cli.Benchmarking;

/// <summary>Floating-point operations: a multiply-add is two.</summary>
internal static class Work
{
    /// <summary>(M, K) times (K, N).</summary>
    internal static double Product(int rows, int inner, int columns) => 2.0 * rows * inner * columns;
}
