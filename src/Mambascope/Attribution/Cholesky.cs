namespace Mambascope.Attribution;

/// <summary>A = L Lᵀ of a symmetric positive definite matrix, and its solutions; plain loops, for small systems.</summary>
internal static class Cholesky
{
    /// <summary>Replaces the lower triangle of A, which alone is read, by L.</summary>
    public static void Factorise(double[,] A)
    {
        var n = A.GetLength(0);
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var sum = A[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= A[i, k] * A[j, k];
                }

                A[i, j] = i == j ? Math.Sqrt(Math.Max(sum, double.Epsilon)) : sum / A[j, j];
            }
        }
    }

    /// <summary>x of L Lᵀ x = b.</summary>
    public static double[] Solve(double[,] L, double[] b)
    {
        var (n, x) = (b.Length, (double[])b.Clone());
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
            {
                x[i] -= L[i, k] * x[k];
            }

            x[i] /= L[i, i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                x[i] -= L[k, i] * x[k];
            }

            x[i] /= L[i, i];
        }

        return x;
    }
}
