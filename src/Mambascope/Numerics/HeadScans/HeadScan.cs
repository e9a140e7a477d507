using System.Numerics;
using System.Runtime.Intrinsics;

namespace Mambascope.Numerics;

/// <summary>
/// The scan of Mamba-2 (Dao and Gu 2024, state space duality): a head has one decay for all its channels and states, and groups of heads
/// share B and C. For head h of group g, channel p, state n: S_t = exp(Delta_t a) S_{t-1} + Delta_t u_t B_t, y_t = sum over n of C_t S_t
/// with a = -exp(ALog_h). Backward, with G_t = gy_t C_t + exp(Delta_{t+1} a) G_{t+1}: du_t = Delta_t sum_n B_t G_t; dB_t = Delta_t sum_p
/// u_t G_t; dC_t = sum_p gy_t S_t; dDelta_t = sum_pn G_t (a exp(Delta_t a) S_{t-1} + B_t u_t); dALog = a sum_t Delta_t exp(Delta_t a)
/// sum_pn G_t S_{t-1}. Layout: Delta (Batch, L, H); ALog (H); B, C (Batch, L, groups N), group after group; U and y (Batch, L, H P), head
/// after head. Floats run in chunks of steps as matrix products (<see cref="HeadScanChunk{TWidth, TVector}"/>); doubles, and texts too
/// short to fill a chunk, through the plain loops. Heads are independent but for dB and dC, which are added up in an order that no thread
/// count changes.
/// </summary>
internal static partial class HeadScan
{
    // Below this many steps a chunk is mostly padding, and moving the state in and out costs more than it saves.
    private const int Short = 5;

    /// <summary>y (Batch, L, H P); from and into <paramref name="state"/> (H, P, N), where there is one.</summary>
    public static void Forward<T>(Workers workers, ScanInputs<T> inputs, Activation<T> y, T[]? state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) || inputs.Order.Length < Short)
        {
            ForwardPlain(workers, inputs, y, state);
            return;
        }

        WidestRegisters.Run(new ForwardCall(workers, SelectiveScan.AsSingle(inputs), y.AsSingle(), (float[]?)(object?)state));
    }

    /// <summary>The adjoints of the operands from gy (Batch, L, H P); states as in <see cref="SelectiveScan.Backward"/>.</summary>
    public static void Backward<T>(
        Workers workers, ScanInputs<T> inputs, Activation<T> gy, ScanAdjoints<T> adjoints, T[]? before, T[]? dState)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) || inputs.Order.Length < Short)
        {
            BackwardPlain(workers, inputs, gy, adjoints, before, dState);
            return;
        }

        WidestRegisters.Run(
            new BackwardCall(
                workers, SelectiveScan.AsSingle(inputs), gy.AsSingle(), SelectiveScan.AsSingle(adjoints),
                (float[]?)(object?)before, (float[]?)(object?)dState));
    }

    /// <summary>
    /// w[j, e] = sum over i of v[i, e] alpha[e, i, j]; v (Batch, L, H P), or (Batch, L, 1) for the same weight everywhere; see
    /// <see cref="HiddenAttentionScan"/>.
    /// </summary>
    public static void Adjoint<T>(Workers workers, ScanInputs<T> inputs, Activation<T> v, Activation<T> w, int lastStep, T[]? dState)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) || inputs.Order.Length < Short)
        {
            AdjointPlain(workers, inputs, v, w, lastStep, dState);
            return;
        }

        WidestRegisters.Run(
            new AdjointCall(workers, SelectiveScan.AsSingle(inputs), v.AsSingle(), w.AsSingle(), lastStep, (float[]?)(object?)dState));
    }

    internal readonly record struct ForwardCall(Workers Workers, ScanInputs<float> Inputs, Activation<float> Y, float[]? State)
        : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => HeadScanForward<TWidth, TVector>.Run(Workers, Inputs, Y, State);
    }

    internal readonly record struct BackwardCall(
        Workers Workers,
        ScanInputs<float> Inputs,
        Activation<float> Gy,
        ScanAdjoints<float> Adjoints,
        float[]? Before,
        float[]? DState) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => HeadScanBackward<TWidth, TVector>.Run(Workers, Inputs, Gy, Adjoints, Before, DState);
    }

    internal readonly record struct AdjointCall(
        Workers Workers, ScanInputs<float> Inputs, Activation<float> V, Activation<float> W, int LastStep, float[]? DState) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => HeadScanAdjoint<TWidth, TVector>.Run(Workers, Inputs, V, W, LastStep, DState);
    }
}
