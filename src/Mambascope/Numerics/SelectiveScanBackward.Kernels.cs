using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <content>The inner loops: one chunk of steps, one lane block, four states; all pointers as in the private Scratch.</content>
internal static unsafe partial class SelectiveScanBackward<TWidth, TVector>
{
    // Four states through a chunk: keeps each step's decay and the state before it, and adds gy h to dC.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Recompute(in Scratch scratch, float* rates, float* states, float* b, float* dc, int steps, int rowStride)
    {
        float* delta = scratch.Delta, deltaU = scratch.DeltaU, gy = scratch.Gy, decays = scratch.Decays, before = scratch.Before;
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (h0, h1, h2, h3) = (Load(states, 0), Load(states, 1), Load(states, 2), Load(states, 3));
        for (var t = 0; t < steps; t++)
        {
            var dt = Load(delta, t);
            var minus = TWidth.Subtract(TWidth.Zero, dt);
            var du = Load(deltaU, t);
            var g = Load(gy, t);
            Store(h0, before, 0);
            Store(h1, before, 1);
            Store(h2, before, 2);
            Store(h3, before, 3);

            var decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r0);
            Store(decay, decays, 0);
            h0 = TWidth.MultiplyAdd(decay, h0, TWidth.Multiply(du, TWidth.Create(b[0])));

            decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r1);
            Store(decay, decays, 1);
            h1 = TWidth.MultiplyAdd(decay, h1, TWidth.Multiply(du, TWidth.Create(b[1])));

            decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r2);
            Store(decay, decays, 2);
            h2 = TWidth.MultiplyAdd(decay, h2, TWidth.Multiply(du, TWidth.Create(b[2])));

            decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, r3);
            Store(decay, decays, 3);
            h3 = TWidth.MultiplyAdd(decay, h3, TWidth.Multiply(du, TWidth.Create(b[3])));

            b += rowStride;
            if (dc != null)
            {
                AddLanes(TWidth.Multiply(g, h0), TWidth.Multiply(g, h1), TWidth.Multiply(g, h2), TWidth.Multiply(g, h3), dc);
                dc += rowStride;
            }

            decays += StatesAtOnce * TWidth.Lanes;
            before += StatesAtOnce * TWidth.Lanes;
        }
    }

    // Four states back through the chunk. G holds decay_{t+1} G_{t+1} between steps. With flow = G decay h_{t-1}, the part of the
    // adjoint that passes through the decay: sum over n of rate * flow for dDelta, sum over t of Delta * flow for dA.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Reverse(in Scratch scratch, float* rates, float* adjoint, float* dRates, float* b, float* c, float* db, int steps, int rowStride)
    {
        float* delta = scratch.Delta, deltaU = scratch.DeltaU, gy = scratch.Gy, sumU = scratch.SumU, sumRate = scratch.SumRate;
        var wanted = db != null;
        var decays = scratch.Decays + (steps * StatesAtOnce * TWidth.Lanes);
        var before = scratch.Before + (steps * StatesAtOnce * TWidth.Lanes);
        b += steps * rowStride;
        c += steps * rowStride;
        db += steps * rowStride;
        var (r0, r1, r2, r3) = (Load(rates, 0), Load(rates, 1), Load(rates, 2), Load(rates, 3));
        var (g0, g1, g2, g3) = (Load(adjoint, 0), Load(adjoint, 1), Load(adjoint, 2), Load(adjoint, 3));
        var (d0, d1, d2, d3) = (Load(dRates, 0), Load(dRates, 1), Load(dRates, 2), Load(dRates, 3));
        for (var t = steps - 1; t >= 0; t--)
        {
            b -= rowStride;
            c -= rowStride;
            db -= rowStride;
            decays -= StatesAtOnce * TWidth.Lanes;
            before -= StatesAtOnce * TWidth.Lanes;
            var dt = Load(delta, t);
            var du = Load(deltaU, t);
            var g = Load(gy, t);
            var throughB = Load(sumU, t);
            var throughRate = Load(sumRate, t);

            g0 = TWidth.MultiplyAdd(g, TWidth.Create(c[0]), g0);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[0]), g0, throughB);
            var b0 = TWidth.Multiply(du, g0);
            g0 = TWidth.Multiply(Load(decays, 0), g0);
            var flow = TWidth.Multiply(Load(before, 0), g0);
            throughRate = TWidth.MultiplyAdd(r0, flow, throughRate);
            d0 = TWidth.MultiplyAdd(dt, flow, d0);

            g1 = TWidth.MultiplyAdd(g, TWidth.Create(c[1]), g1);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[1]), g1, throughB);
            var b1 = TWidth.Multiply(du, g1);
            g1 = TWidth.Multiply(Load(decays, 1), g1);
            flow = TWidth.Multiply(Load(before, 1), g1);
            throughRate = TWidth.MultiplyAdd(r1, flow, throughRate);
            d1 = TWidth.MultiplyAdd(dt, flow, d1);

            g2 = TWidth.MultiplyAdd(g, TWidth.Create(c[2]), g2);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[2]), g2, throughB);
            var b2 = TWidth.Multiply(du, g2);
            g2 = TWidth.Multiply(Load(decays, 2), g2);
            flow = TWidth.Multiply(Load(before, 2), g2);
            throughRate = TWidth.MultiplyAdd(r2, flow, throughRate);
            d2 = TWidth.MultiplyAdd(dt, flow, d2);

            g3 = TWidth.MultiplyAdd(g, TWidth.Create(c[3]), g3);
            throughB = TWidth.MultiplyAdd(TWidth.Create(b[3]), g3, throughB);
            var b3 = TWidth.Multiply(du, g3);
            g3 = TWidth.Multiply(Load(decays, 3), g3);
            flow = TWidth.Multiply(Load(before, 3), g3);
            throughRate = TWidth.MultiplyAdd(r3, flow, throughRate);
            d3 = TWidth.MultiplyAdd(dt, flow, d3);

            if (wanted)
            {
                AddLanes(b0, b1, b2, b3, db);
            }

            Store(throughB, sumU, t);
            Store(throughRate, sumRate, t);
        }

        Store(g0, adjoint, 0);
        Store(g1, adjoint, 1);
        Store(g2, adjoint, 2);
        Store(g3, adjoint, 3);
        Store(d0, dRates, 0);
        Store(d1, dRates, 1);
        Store(d2, dRates, 2);
        Store(d3, dRates, 3);
    }

    // From the sums over n: dDelta = u sum(B G) - ln 2 sum(rate flow), since A = -ln 2 rate; du = Delta sum(B G).
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Finish(in Scratch scratch, int steps)
    {
        for (var t = 0; t < steps; t++)
        {
            var throughB = Load(scratch.SumU, t);
            var throughRate = TWidth.Multiply(TWidth.Create(-Ln2), Load(scratch.SumRate, t));
            Store(TWidth.MultiplyAdd(Load(scratch.U, t), throughB, throughRate), scratch.SumRate, t);
            Store(TWidth.Multiply(Load(scratch.Delta, t), throughB), scratch.SumU, t);
        }
    }

    // Adds the sum of the lanes of each of four vectors to four neighbours in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLanes(TVector v0, TVector v1, TVector v2, TVector v3, float* sums)
    {
        Vector128<float> four;
        if (typeof(TWidth) == typeof(Width512) && Avx512F.IsSupported)
        {
            var (a, b) = (Unsafe.BitCast<TVector, Vector512<float>>(v0), Unsafe.BitCast<TVector, Vector512<float>>(v1));
            var (c, d) = (Unsafe.BitCast<TVector, Vector512<float>>(v2), Unsafe.BitCast<TVector, Vector512<float>>(v3));

            // Neighbouring pairs of (a, b) and of (c, d), then both: each 128-bit part holds its share of the four sums.
            var ab = Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b);
            var cd = Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d);
            var all = Avx512F.Shuffle(ab, cd, 0b01_00_01_00) + Avx512F.Shuffle(ab, cd, 0b11_10_11_10);
            var half = all.GetLower() + all.GetUpper();
            four = half.GetLower() + half.GetUpper();
        }
        else if (typeof(TWidth) == typeof(Width256) && Avx.IsSupported)
        {
            var (a, b) = (Unsafe.BitCast<TVector, Vector256<float>>(v0), Unsafe.BitCast<TVector, Vector256<float>>(v1));
            var (c, d) = (Unsafe.BitCast<TVector, Vector256<float>>(v2), Unsafe.BitCast<TVector, Vector256<float>>(v3));
            var ab = Avx.UnpackLow(a, b) + Avx.UnpackHigh(a, b);
            var cd = Avx.UnpackLow(c, d) + Avx.UnpackHigh(c, d);
            var half = Avx.Shuffle(ab, cd, 0b01_00_01_00) + Avx.Shuffle(ab, cd, 0b11_10_11_10);
            four = half.GetLower() + half.GetUpper();
        }
        else
        {
            four = Vector128.Create(TWidth.Sum(v0), TWidth.Sum(v1), TWidth.Sum(v2), TWidth.Sum(v3));
        }

        (Vector128.Load(sums) + four).Store(sums);
    }

    private static TVector Load(float* source, int index) => ScanBlock<TWidth, TVector>.Load(source, index);

    private static void Store(TVector value, float* target, int index) => ScanBlock<TWidth, TVector>.Store(value, target, index);
}
