using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>A function of two values at the same place, for registers of any width; a function of one ignores the second.</summary>
internal interface IElementwise
{
    TVector Invoke<TWidth, TVector>(TVector a, TVector b)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;
}

/// <summary>result = f(a, b) or result += f(a, b) over all places. The result may be one of the operands.</summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal readonly record struct Elementwise<TFunction>(
    Workers Workers, Activation<float> A, Activation<float> B, Activation<float> Result, bool Accumulate, TFunction Function) : IWidthKernel
    where TFunction : struct, IElementwise
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        Debug.Assert(A.Rows == Result.Rows && A.Width == Result.Width && B.Rows == A.Rows && B.Width == A.Width, "shapes differ");
        var own = this;
        RowBlocks.For(Workers, Result.Rows, Result.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        fixed (float* a = A.Buffer, b = B.Buffer, to = Result.Buffer)
        {
            // Rows without gaps are one long run.
            var dense = A.IsDense && B.IsDense && Result.IsDense;
            var (runs, length) = dense ? (1, (last - first) * Result.Width) : (last - first, Result.Width);
            for (var row = first; row < first + runs; row++)
            {
                Line<TWidth, TVector>(
                    a + A.Offset + ((nint)row * A.RowStride),
                    b + B.Offset + ((nint)row * B.RowStride),
                    to + Result.Offset + ((nint)row * Result.RowStride),
                    length,
                    Accumulate,
                    Function);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Line<TWidth, TVector>(float* a, float* b, float* to, int count, bool accumulate, TFunction f)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (; count >= TWidth.Lanes; count -= TWidth.Lanes)
        {
            var value = f.Invoke<TWidth, TVector>(TWidth.Load(ref *a, 0), TWidth.Load(ref *b, 0));
            TWidth.Store(accumulate ? TWidth.Add(TWidth.Load(ref *to, 0), value) : value, ref *to, 0);
            a += TWidth.Lanes;
            b += TWidth.Lanes;
            to += TWidth.Lanes;
        }

        if (count > 0)
        {
            var value = f.Invoke<TWidth, TVector>(TWidth.LoadFirst(ref *a, count), TWidth.LoadFirst(ref *b, count));
            TWidth.StoreFirst(accumulate ? TWidth.Add(TWidth.LoadFirst(ref *to, count), value) : value, ref *to, count);
        }
    }
}
