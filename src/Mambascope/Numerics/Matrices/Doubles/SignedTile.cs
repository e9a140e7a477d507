using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The micro-kernel of <see cref="SignedGemm"/>: 6 rows x 2 registers of sums that take, at every place, the positive or the negative part
/// of B. Which one stands in a register of masks beside each sum, so that one product is enough where two would be computed and half of
/// each thrown away; on machines that choose lanes beside their multiply-adds the choice costs little.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class SignedTile<TWidth, TVector>
    where TWidth : struct, IDoubleWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>
    /// C += x ⊙ sum over k of A ⊙ (B⁺ where x is above 0, else B⁻). A: element (i, k) at a[6 k + i]; B⁺: (k, j) at b[2 Columns k + j], B⁻:
    /// Columns behind it; x: (i, j) at x[xStep i + j]; C: (i, j) at c[step i + j].
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(nint inner, double* a, double* b, double* x, nint xStep, double* c, nint step)
    {
        TVector c00 = TWidth.Zero, c01 = TWidth.Zero, c10 = TWidth.Zero, c11 = TWidth.Zero, c20 = TWidth.Zero, c21 = TWidth.Zero;
        TVector c30 = TWidth.Zero, c31 = TWidth.Zero, c40 = TWidth.Zero, c41 = TWidth.Zero, c50 = TWidth.Zero, c51 = TWidth.Zero;
        TVector m00 = Mask(x, 0), m01 = Mask(x, 1);
        TVector m10 = Mask(x + xStep, 0), m11 = Mask(x + xStep, 1);
        TVector m20 = Mask(x + (2 * xStep), 0), m21 = Mask(x + (2 * xStep), 1);
        TVector m30 = Mask(x + (3 * xStep), 0), m31 = Mask(x + (3 * xStep), 1);
        TVector m40 = Mask(x + (4 * xStep), 0), m41 = Mask(x + (4 * xStep), 1);
        TVector m50 = Mask(x + (5 * xStep), 0), m51 = Mask(x + (5 * xStep), 1);
        for (; inner > 0; inner--)
        {
            TVector p0 = TWidth.Load(b), p1 = TWidth.Load(b + TWidth.Lanes);
            TVector n0 = TWidth.Load(b + (2 * TWidth.Lanes)), n1 = TWidth.Load(b + (3 * TWidth.Lanes));
            var s = TWidth.Create(a[0]);
            c00 = TWidth.MultiplyAdd(s, TWidth.Select(m00, p0, n0), c00);
            c01 = TWidth.MultiplyAdd(s, TWidth.Select(m01, p1, n1), c01);
            s = TWidth.Create(a[1]);
            c10 = TWidth.MultiplyAdd(s, TWidth.Select(m10, p0, n0), c10);
            c11 = TWidth.MultiplyAdd(s, TWidth.Select(m11, p1, n1), c11);
            s = TWidth.Create(a[2]);
            c20 = TWidth.MultiplyAdd(s, TWidth.Select(m20, p0, n0), c20);
            c21 = TWidth.MultiplyAdd(s, TWidth.Select(m21, p1, n1), c21);
            s = TWidth.Create(a[3]);
            c30 = TWidth.MultiplyAdd(s, TWidth.Select(m30, p0, n0), c30);
            c31 = TWidth.MultiplyAdd(s, TWidth.Select(m31, p1, n1), c31);
            s = TWidth.Create(a[4]);
            c40 = TWidth.MultiplyAdd(s, TWidth.Select(m40, p0, n0), c40);
            c41 = TWidth.MultiplyAdd(s, TWidth.Select(m41, p1, n1), c41);
            s = TWidth.Create(a[5]);
            c50 = TWidth.MultiplyAdd(s, TWidth.Select(m50, p0, n0), c50);
            c51 = TWidth.MultiplyAdd(s, TWidth.Select(m51, p1, n1), c51);
            a += DoubleTile<TWidth, TVector>.Rows;
            b += 4 * TWidth.Lanes;
        }

        Add(c, x, c00, c01);
        Add(c += step, x += xStep, c10, c11);
        Add(c += step, x += xStep, c20, c21);
        Add(c += step, x += xStep, c30, c31);
        Add(c += step, x += xStep, c40, c41);
        Add(c + step, x + xStep, c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Mask(double* x, int register) => TWidth.Greater(TWidth.Load(x + (register * TWidth.Lanes)), TWidth.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* c, double* x, TVector v0, TVector v1)
    {
        TWidth.Store(TWidth.MultiplyAdd(TWidth.Load(x), v0, TWidth.Load(c)), c);
        TWidth.Store(TWidth.MultiplyAdd(TWidth.Load(x + TWidth.Lanes), v1, TWidth.Load(c + TWidth.Lanes)), c + TWidth.Lanes);
    }
}
