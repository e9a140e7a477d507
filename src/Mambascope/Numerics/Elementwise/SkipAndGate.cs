using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>Output y, input u (Batch, L, E) and skip D (E) of a scan.</summary>
internal readonly record struct SkippedActivation<T>(Activation<T> Y, Weight D, Activation<T> U)
    where T : unmanaged;

/// <summary>
/// What stands behind the scans of a mixer, in one go over memory: s = Σ (y + D ⊙ u), o = silu(z), g = scale s ⊙ o. The same numbers as
/// <see cref="SkipConnection"/>, <see cref="Sum"/>, <see cref="Silu"/> and <see cref="Product"/> one after the other.
/// </summary>
/// <param name="Workers">Threads.</param>
/// <param name="Scans">The scans.</param>
/// <param name="Z">z (Batch, L, E).</param>
/// <param name="Scale">Constant factor.</param>
/// <param name="S">Result s.</param>
/// <param name="Open">Result o.</param>
/// <param name="Gated">Result g.</param>
internal readonly record struct SkipAndGate(
    Workers Workers, SkippedActivation<float>[] Scans, Activation<float> Z, float Scale, Activation<float> S, Activation<float> Open,
    Activation<float> Gated) : IWidthKernel
{
    /// <summary>The three results; singles at once, doubles step by step.</summary>
    public static void Forward<T>(
        Workers workers, IReadOnlyList<SkippedActivation<T>> scans, Activation<T> z, float scale, Activation<T> s, Activation<T> open,
        Activation<T> gated)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            SkippedActivation<float>[] singles = [.. scans.Select(scan => new SkippedActivation<float>(
                scan.Y.AsSingle(), scan.D, scan.U.AsSingle()))];
            WidestRegisters.Run(
                new SkipAndGate(workers, singles, z.AsSingle(), scale, s.AsSingle(), open.AsSingle(), gated.AsSingle()));
            return;
        }

        SkipConnection.Forward(workers, scans[0].Y, scans[0].U, scans[0].D, s);
        foreach (var (y, d, u) in scans.Skip(1))
        {
            SkipConnection.Forward(workers, s, u, d, s);
            Sum.Accumulate(workers, s, y);
        }

        Silu.Forward(workers, z, open);
        Product.Forward(workers, s, open, scale, gated);
    }

    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var own = this;
        RowBlocks.For(Workers, S.Rows, S.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
    }

    private unsafe void Rows<TWidth, TVector>(int first, int last)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        fixed (float* z = Z.Buffer, s = S.Buffer, open = Open.Buffer, gated = Gated.Buffer)
        {
            for (var row = first; row < last; row++)
            {
                var sum = s + S.Offset + ((nint)row * S.RowStride);
                for (var scan = 0; scan < Scans.Length; scan++)
                {
                    var (from, d, input) = Scans[scan];
                    fixed (float* y = from.Buffer, factors = d.Values<float>(), u = input.Buffer)
                    {
                        Skip<TWidth, TVector>(
                            y + from.Offset + ((nint)row * from.RowStride), factors, u + input.Offset + ((nint)row * input.RowStride), sum,
                            S.Width, isFirst: scan == 0);
                    }
                }

                Gate<TWidth, TVector>(
                    z + Z.Offset + ((nint)row * Z.RowStride), sum, open + Open.Offset + ((nint)row * Open.RowStride),
                    gated + Gated.Offset + ((nint)row * Gated.RowStride), S.Width, Scale);
            }
        }
    }

    // s = y + D u, or s = (s + D u) + y.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Skip<TWidth, TVector>(float* y, float* d, float* u, float* s, int count, bool isFirst)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (; count > 0; count -= TWidth.Lanes)
        {
            var (skip, from) = (Load<TWidth, TVector>(d, count), Load<TWidth, TVector>(u, count));
            var output = Load<TWidth, TVector>(y, count);
            var sum = isFirst
                ? TWidth.MultiplyAdd(skip, from, output)
                : TWidth.Add(TWidth.MultiplyAdd(skip, from, Load<TWidth, TVector>(s, count)), output);
            Store<TWidth, TVector>(sum, s, count);
            y += TWidth.Lanes;
            d += TWidth.Lanes;
            u += TWidth.Lanes;
            s += TWidth.Lanes;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Gate<TWidth, TVector>(float* z, float* s, float* open, float* gated, int count, float scale)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (; count > 0; count -= TWidth.Lanes)
        {
            var o = Silu.Value<TWidth, TVector>(Load<TWidth, TVector>(z, count));
            Store<TWidth, TVector>(o, open, count);
            Store<TWidth, TVector>(
                new Product.Scaled(scale).Invoke<TWidth, TVector>(Load<TWidth, TVector>(s, count), o), gated, count);
            z += TWidth.Lanes;
            s += TWidth.Lanes;
            open += TWidth.Lanes;
            gated += TWidth.Lanes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TVector Load<TWidth, TVector>(float* from, int count)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => count >= TWidth.Lanes ? TWidth.Load(ref *from, 0) : TWidth.LoadFirst(ref *from, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TWidth, TVector>(TVector value, float* to, int count)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        if (count >= TWidth.Lanes)
        {
            TWidth.Store(value, ref *to, 0);
        }
        else
        {
            TWidth.StoreFirst(value, ref *to, count);
        }
    }
}
