using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>g = scale a ⊙ b, the gate of a mixer. Elementwise over (Batch, L, Width).</summary>
internal static class Product
{
    /// <summary>g = scale a ⊙ b.</summary>
    public static void Forward<T>(Workers workers, Activation<T> a, Activation<T> b, float scale, Activation<T> g)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Multiply(workers, a, b, scale, g, accumulate: false);

    /// <summary>da = scale dg ⊙ b, or da += scale dg ⊙ b. For db pass a instead of b.</summary>
    public static void BackwardFirst<T>(Workers workers, Activation<T> dg, Activation<T> b, float scale, Activation<T> da, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Multiply(workers, dg, b, scale, da, accumulate);

    internal static void Plain<T>(Workers workers, Activation<T> a, Activation<T> b, float scale, Activation<T> result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.CreateTruncating(scale);
        workers.For(result.Rows, row =>
        {
            var first = a.Row(row);
            var second = b.Row(row);
            var to = result.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var value = factor * first[i] * second[i];
                to[i] = accumulate ? to[i] + value : value;
            }
        });
    }

    internal static Elementwise<Scaled> Kernel(
        Workers workers, Activation<float> a, Activation<float> b, float scale, Activation<float> result, bool accumulate)
        => new(workers, a, b, result, accumulate, new(scale));

    private static void Multiply<T>(Workers workers, Activation<T> a, Activation<T> b, float scale, Activation<T> result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(Kernel(workers, a.AsSingle(), b.AsSingle(), scale, result.AsSingle(), accumulate));
            return;
        }

        Plain(workers, a, b, scale, result, accumulate);
    }

    internal readonly struct Scaled(float scale) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(TWidth.Multiply(TWidth.Create(scale), a), b);
    }
}
