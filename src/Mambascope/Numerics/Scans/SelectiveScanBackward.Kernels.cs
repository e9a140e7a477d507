using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <content>
/// The inner loops: one chunk of steps, one lane block, four states; all pointers as in the private Scratch. <see cref="Step"/> is what
/// happens to one state at one step of time, <see cref="StepBack"/> undoes it line by line. G is the adjoint of h, gy that of y; <c>d</c>
/// before any other name is its adjoint, save for du, which is Delta u, what B takes in.
/// </content>
internal static unsafe partial class SelectiveScanBackward<TWidth, TVector>
{
    // One state at one step. The decay is kept, since the way back needs it again. Operands in memory are passed as pointers and read where
    // they are used, so that they stay operands of the instructions.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(TVector dt, TVector minus, TVector rate, TVector du, float* b, float* decays, ref TVector h)
    {
        var decay = ScanBlock<TWidth, TVector>.Decay(dt, minus, rate); // 2^-(Delta rate)
        Store(decay, decays, 0);
        h = TWidth.MultiplyAdd(decay, h, TWidth.Multiply(du, TWidth.Create(*b))); // h = decay h + Delta u B; and y += C h
    }

    // The same, undone from the last line to the first; before is h before the step. Gives the adjoint of B, lane by lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector StepBack(
        TVector dt, TVector rate, TVector du, float* b, TVector gy, float* c, float* decay, float* before,
        ref TVector G, ref TVector dRate, ref TVector throughB, ref TVector throughRate)
    {
        // y += C h. The other adjoint, dC += gy h, is Recompute's, which has h.
        G = TWidth.MultiplyAdd(gy, TWidth.Create(*c), G);

        // h = decay h + Delta u B
        throughB = TWidth.MultiplyAdd(TWidth.Create(*b), G, throughB); // of Delta u
        var dB = TWidth.Multiply(du, G);
        G = TWidth.Multiply(Load(decay, 0), G); // of h before
        var flow = TWidth.Multiply(Load(before, 0), G); // of ln(decay): h before times the adjoint of decay, times decay

        // decay = 2^-(Delta rate)
        throughRate = TWidth.MultiplyAdd(rate, flow, throughRate); // of Delta, but for the factor -ln 2
        dRate = TWidth.MultiplyAdd(dt, flow, dRate); // likewise
        return dB;
    }

    // Four states through a chunk: keeps each step's decay and the state before it, and adds gy h to dC.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Recompute(in Scratch scratch, float* rates, float* states, float* b, float* dc, int steps, int rowStride)
    {
        var lanes = TWidth.Lanes;
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
            Step(dt, minus, r0, du, b, decays, ref h0);
            Step(dt, minus, r1, du, b + 1, decays + lanes, ref h1);
            Step(dt, minus, r2, du, b + 2, decays + (2 * lanes), ref h2);
            Step(dt, minus, r3, du, b + 3, decays + (3 * lanes), ref h3);
            b += rowStride;
            if (dc != null)
            {
                AddLanes(TWidth.Multiply(g, h0), TWidth.Multiply(g, h1), TWidth.Multiply(g, h2), TWidth.Multiply(g, h3), dc);
                dc += rowStride;
            }

            decays += StatesAtOnce * lanes;
            before += StatesAtOnce * lanes;
        }
    }

    // Four states back through the chunk. G holds decay_{t+1} G_{t+1} between steps.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Reverse(
        in Scratch scratch, float* rates, float* adjoint, float* dRates, float* b, float* c, float* db, int steps, int rowStride)
    {
        var lanes = TWidth.Lanes;
        float* delta = scratch.Delta, deltaU = scratch.DeltaU, gy = scratch.Gy, sumU = scratch.SumU, sumRate = scratch.SumRate;
        var wanted = db != null;
        var decays = scratch.Decays + (steps * StatesAtOnce * lanes);
        var before = scratch.Before + (steps * StatesAtOnce * lanes);
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
            decays -= StatesAtOnce * lanes;
            before -= StatesAtOnce * lanes;
            var (dt, du, g) = (Load(delta, t), Load(deltaU, t), Load(gy, t));
            var (u, rate) = (Load(sumU, t), Load(sumRate, t));
            var b0 = StepBack(dt, r0, du, b, g, c, decays, before, ref g0, ref d0, ref u, ref rate);
            var b1 = StepBack(dt, r1, du, b + 1, g, c + 1, decays + lanes, before + lanes, ref g1, ref d1, ref u, ref rate);
            var b2 = StepBack(dt, r2, du, b + 2, g, c + 2, decays + (2 * lanes), before + (2 * lanes), ref g2, ref d2, ref u, ref rate);
            var b3 = StepBack(dt, r3, du, b + 3, g, c + 3, decays + (3 * lanes), before + (3 * lanes), ref g3, ref d3, ref u, ref rate);
            if (wanted)
            {
                AddLanes(b0, b1, b2, b3, db);
            }

            Store(u, sumU, t);
            Store(rate, sumRate, t);
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
