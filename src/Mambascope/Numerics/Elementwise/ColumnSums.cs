using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>target[e] += sum over rows of f(a[row, e], b[row, e]): gradients of weights that belong to a channel.</summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal readonly record struct ColumnSums<TFunction>(
    Workers Workers, Activation<float> A, Activation<float> B, float[] Target, TFunction Function) : IWidthKernel
    where TFunction : struct, IElementwise
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        RowBlocks.Sum(Workers, A.Rows, A.Width, Target.AsSpan(0, A.Width), (first, last, sums, offset) =>
            own.Rows<TWidth, TVector>(first, last, sums, offset));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last, float[] sums, int offset)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        fixed (float* a = A.Buffer, b = B.Buffer, to = sums)
        {
            for (var row = first; row < last; row++)
            {
                Line<TWidth, TVector>(
                    a + A.Offset + ((nint)row * A.RowStride), b + B.Offset + ((nint)row * B.RowStride), to + offset, A.Width, Function);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Line<TWidth, TVector>(float* a, float* b, float* to, int count, TFunction f)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (; count >= TWidth.Lanes; count -= TWidth.Lanes)
        {
            TWidth.Store(
                TWidth.Add(TWidth.Load(ref *to, 0), f.Invoke<TWidth, TVector>(TWidth.Load(ref *a, 0), TWidth.Load(ref *b, 0))), ref *to, 0);
            a += TWidth.Lanes;
            b += TWidth.Lanes;
            to += TWidth.Lanes;
        }

        if (count > 0)
        {
            var value = f.Invoke<TWidth, TVector>(TWidth.LoadFirst(ref *a, count), TWidth.LoadFirst(ref *b, count));
            TWidth.StoreFirst(TWidth.Add(TWidth.LoadFirst(ref *to, count), value), ref *to, count);
        }
    }
}
