using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>A function of up to three doubles at the same place, for registers of any width; one of fewer ignores the others.</summary>
internal interface IDoubleFunction
{
    TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged;
}

/// <summary>
/// result = f(a, b, c) or result += f(a, b, c) over all places, in double precision. The result may be one of the operands. The last values
/// of a row that fill no register go one by one.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal readonly record struct DoubleElementwise<TFunction>(
    Workers Workers,
    Activation<double> A,
    Activation<double> B,
    Activation<double> C,
    Activation<double> Result,
    bool Accumulate,
    TFunction Function) : IDoubleKernel
    where TFunction : struct, IDoubleFunction
{
    public void Run<TWidth, TVector>()
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        Debug.Assert(A.Rows == Result.Rows && A.Width == Result.Width && B.Rows == A.Rows && B.Width == A.Width, "shapes differ");
        Debug.Assert(C.Rows == A.Rows && C.Width == A.Width, "shapes differ");
        var own = this;
        RowBlocks.For(Workers, Result.Rows, Result.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        fixed (double* a = A.Buffer, b = B.Buffer, c = C.Buffer, to = Result.Buffer)
        {
            for (var row = first; row < last; row++)
            {
                Line<TWidth, TVector>(
                    a + A.Offset + ((nint)row * A.RowStride),
                    b + B.Offset + ((nint)row * B.RowStride),
                    c + C.Offset + ((nint)row * C.RowStride),
                    to + Result.Offset + ((nint)row * Result.RowStride),
                    Result.Width,
                    Accumulate,
                    Function);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Line<TWidth, TVector>(
        double* a, double* b, double* c, double* to, int count, bool accumulate, TFunction f)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        var i = 0;
        for (; i + TWidth.Lanes <= count; i += TWidth.Lanes)
        {
            var value = f.Invoke<TWidth, TVector>(TWidth.Load(a + i), TWidth.Load(b + i), TWidth.Load(c + i));
            TWidth.Store(accumulate ? TWidth.Add(TWidth.Load(to + i), value) : value, to + i);
        }

        for (; i < count; i++)
        {
            var value = f.Invoke<Doubles1, double>(a[i], b[i], c[i]);
            to[i] = accumulate ? to[i] + value : value;
        }
    }
}
