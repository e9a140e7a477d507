using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>c = a + b, the residual connection; its gradient goes to both operands unchanged. Elementwise over (Batch, L, Width).</summary>
internal static class Sum
{
    /// <summary>c = a + b.</summary>
    public static void Forward<T>(Workers workers, Activation<T> a, Activation<T> b, Activation<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(Kernel(workers, a.AsSingle(), b.AsSingle(), c.AsSingle()));
            return;
        }

        Plain(workers, a, b, c);
    }

    /// <summary>a += b.</summary>
    public static void Accumulate<T>(Workers workers, Activation<T> a, Activation<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Forward(workers, a, b, a);

    /// <summary>da = dc, or da += dc: the adjoint of a sum is the same for both operands.</summary>
    public static void Backward<T>(Workers workers, Activation<T> dc, Activation<T> da, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (accumulate)
        {
            Accumulate(workers, da, dc);
        }
        else
        {
            da.CopyFrom(dc);
        }
    }

    internal static void Plain<T>(Workers workers, Activation<T> a, Activation<T> b, Activation<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(c.Rows, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (row) =>
        {
            var first = a.Row(row);
            var second = b.Row(row);
            var to = c.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = first[i] + second[i];
            }
        });

    internal static Elementwise<Added> Kernel(Workers workers, Activation<float> a, Activation<float> b, Activation<float> c)
        => new(workers, a, b, c, Accumulate: false, default);

    internal readonly struct Added : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TWidth.Add(a, b);
    }
}
