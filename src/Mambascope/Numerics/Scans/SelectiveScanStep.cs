using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// One step of the selective scan from a state, as generating text needs it: h = exp(Delta A) h + Delta u B, y = sum over n of C h, for the
/// one token of <see cref="Inputs"/>. The lanes are channels, as in <see cref="SelectiveScanForward{TWidth, TVector}"/>, and every sum runs
/// in the same order; but the state (N, E) is read and written where it stands, and the rates -A log2(e) are made once for the weight.
/// </summary>
internal readonly record struct SelectiveScanStep(Workers Workers, ScanInputs<float> Inputs, Activation<float> Y, float[] State)
    : IWidthKernel
{
    // Channels of a piece: some microseconds.
    private const int ChannelsAtOnce = 512;

    // Floats ahead of the sums that are asked for.
    private const int Ahead = 64;

    public void Run<TWidth, TVector>()
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (own, E) = (this, Inputs.U.Width);
        var rates = ScanRates.Of<TWidth, TVector>(Inputs.ALog);
        Workers.For((E + ChannelsAtOnce - 1) / ChannelsAtOnce, piece =>
            own.Channels<TWidth, TVector>(rates, piece * ChannelsAtOnce, Math.Min(E, (piece + 1) * ChannelsAtOnce)));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private unsafe void Channels<TWidth, TVector>(float[] rates, int first, int last)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var (E, N) = (Inputs.U.Width, Inputs.B.Width);
        fixed (
            float* delta = Inputs.Delta.Row(0),
                u = Inputs.U.Row(0),
                b = Inputs.B.Row(0),
                c = Inputs.C.Row(0),
                y = Y.Row(0),
                h = State,
                r = rates)
        {
            for (var e = first; e < last; e += TWidth.Lanes)
            {
                var count = Math.Min(TWidth.Lanes, last - e);
                var dt = Load<TWidth, TVector>(delta + e, count);
                var minus = TWidth.Subtract(TWidth.Zero, dt);
                var du = TWidth.Multiply(dt, Load<TWidth, TVector>(u + e, count));
                var sum = TWidth.Zero;
                for (var n = 0; n < N; n++)
                {
                    var state = h + ((nint)n * E) + e;
                    var rate = r + ((nint)n * E) + e;
                    if (Sse.IsSupported)
                    {
                        // The lines of a block lie a row apart; without being asked for they come one by one.
                        Sse.Prefetch0(state + Ahead);
                        Sse.Prefetch0(rate + Ahead);
                    }

                    var decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, Load<TWidth, TVector>(rate, count));
                    var next = TWidth.MultiplyAdd(decay, Load<TWidth, TVector>(state, count), TWidth.Multiply(du, TWidth.Create(b[n])));
                    sum = TWidth.MultiplyAdd(TWidth.Create(c[n]), next, sum);
                    Store<TWidth, TVector>(next, state, count);
                }

                Store<TWidth, TVector>(sum, y + e, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TVector Load<TWidth, TVector>(float* from, int count)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => count == TWidth.Lanes ? TWidth.Load(ref *from, 0) : TWidth.LoadFirst(ref *from, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TWidth, TVector>(TVector value, float* to, int count)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        if (count == TWidth.Lanes)
        {
            TWidth.Store(value, ref *to, 0);
        }
        else
        {
            TWidth.StoreFirst(value, ref *to, count);
        }
    }
}
