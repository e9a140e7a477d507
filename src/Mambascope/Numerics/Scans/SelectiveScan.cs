using System.Diagnostics;
using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>What a selective scan reads. Token coordinates throughout; <see cref="Order"/> says in which order time runs.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="U">Scan input after convolution and SiLU, (Batch, L, E).</param>
/// <param name="Delta">Step sizes after softplus, (Batch, L, E); (Batch, L, H) where the channels of a head share one.</param>
/// <param name="ALog">ln(-A), (E, N); A = -exp(ALog). (H) where a head has one decay for all its channels and states (Mamba-2).</param>
/// <param name="B">Input coefficients, (Batch, L, groups N), shared by all channels of a group.</param>
/// <param name="C">Output coefficients, (Batch, L, groups N), likewise.</param>
/// <param name="Order">Order of the tokens in time.</param>
/// <param name="Groups">Groups of heads with B and C of their own; 1 but for some Mamba-2.</param>
internal readonly record struct ScanInputs<T>(
    Activation<T> U, Activation<T> Delta, Weight ALog, Activation<T> B, Activation<T> C, ScanOrder Order, int Groups = 1)
    where T : unmanaged
{
    /// <summary>Whether there is one decay a head (Mamba-2), not one a channel and state.</summary>
    public bool IsPerHead => ALog.Shape.Count == 1;
}

/// <summary>Where the adjoints of a selective scan go; an operand that is not wanted is null.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="U">dU (Batch, L, E); overwritten unless <paramref name="AccumulateU"/>.</param>
/// <param name="AccumulateU">Add to what dU holds.</param>
/// <param name="Delta">dDelta (Batch, L, E); overwritten.</param>
/// <param name="B">dB (Batch, L, N); overwritten.</param>
/// <param name="C">dC (Batch, L, N); overwritten.</param>
/// <param name="ALog">Gradient of ALog (E, N); added to.</param>
internal readonly record struct ScanAdjoints<T>(
    Activation<T>? U, bool AccumulateU, Activation<T>? Delta, Activation<T>? B, Activation<T>? C, T[]? ALog)
    where T : unmanaged;

/// <summary>
/// The selective scan S6 without skip and gate (Gu and Dao 2023, algorithm 2), per channel e and state n:
/// h_t = exp(Delta_t A) h_{t-1} + Delta_t B_t u_t,  y_t = sum over n of C_t h_t,  h_{-1} = 0.
/// Backward: G_t = gy_t C_t + exp(Delta_{t+1} A) G_{t+1} and
/// du_t = Delta_t sum_n B_t G_t;  dB_t = sum_e Delta_t u_t G_t;  dC_t = sum_e gy_t h_t;
/// dDelta_t = sum_n G_t (A exp(Delta_t A) h_{t-1} + B_t u_t);  dA = sum_t G_t Delta_t exp(Delta_t A) h_{t-1}, dALog = A dA.
/// Floats run through <see cref="SelectiveScanForward{TWidth, TVector}"/> and <see cref="SelectiveScanBackward{TWidth, TVector}"/>
/// in the widest registers the machine has; other types through the plain loops. Every thread count gives the same bits.
/// Scans with one decay a head are <see cref="HeadScan"/>'s.
/// </summary>
internal static partial class SelectiveScan
{
    /// <summary>y (Batch, L, E).</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="inputs">The operands.</param>
    /// <param name="y">Result; overwritten.</param>
    /// <param name="state">
    /// To go on where an earlier scan of the same text ended: h before the first step, replaced by h after the last. (N, E), neighbouring
    /// channels side by side; (H, P, N) where there is one decay a head. One item only. Null to begin with zeros.
    /// </param>
    public static void Forward<T>(Workers workers, in ScanInputs<T> inputs, Activation<T> y, T[]? state = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(state is null || y.Batch == 1, "a state belongs to one text");
        if (inputs.IsPerHead)
        {
            HeadScan.Forward(workers, inputs, y, state);
            return;
        }

        if (typeof(T) != typeof(float))
        {
            ForwardPlain(workers, inputs, y, state);
            return;
        }

        var (single, h) = (AsSingle(inputs), (float[]?)(object?)state);
        if (h is not null && inputs.Order.Length == 1)
        {
            WidestRegisters.Run(new SelectiveScanStep(workers, single, y.AsSingle(), h));
        }
        else
        {
            WidestRegisters.Run(new ForwardKernel(workers, single, y.AsSingle(), h));
        }
    }

    /// <summary>The adjoints of the operands from gy, the adjoint of y (Batch, L, E).</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="inputs">The operands.</param>
    /// <param name="gy">Adjoint of y.</param>
    /// <param name="adjoints">Results.</param>
    /// <param name="before">
    /// h before the first step, for a scan that went on from there; null for zeros. Layout as in <see cref="Forward"/>.
    /// </param>
    /// <param name="dState">
    /// Adjoint of h after the last step, replaced by that of h before the first; null where nothing came after.
    /// </param>
    public static void Backward<T>(
        Workers workers, in ScanInputs<T> inputs, Activation<T> gy, in ScanAdjoints<T> adjoints, T[]? before = null, T[]? dState = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert((before is null && dState is null) || gy.Batch == 1, "a state belongs to one text");
        if (inputs.IsPerHead)
        {
            HeadScan.Backward(workers, inputs, gy, adjoints, before, dState);
            return;
        }

        if (typeof(T) != typeof(float))
        {
            BackwardPlain(workers, inputs, gy, adjoints, before, dState);
            return;
        }

        var (single, wanted) = (AsSingle(inputs), AsSingle(adjoints));
        var (h, dh) = ((float[]?)(object?)before, (float[]?)(object?)dState);
        WidestRegisters.Run(new BackwardKernel(workers, single, gy.AsSingle(), wanted, h, dh));
    }

    internal static ScanInputs<float> AsSingle<T>(in ScanInputs<T> inputs)
        where T : unmanaged =>
        new(
            inputs.U.AsSingle(), inputs.Delta.AsSingle(), inputs.ALog, inputs.B.AsSingle(), inputs.C.AsSingle(),
            inputs.Order, inputs.Groups);

    internal static ScanAdjoints<float> AsSingle<T>(in ScanAdjoints<T> adjoints)
        where T : unmanaged =>
        new(
            adjoints.U?.AsSingle(), adjoints.AccumulateU, adjoints.Delta?.AsSingle(), adjoints.B?.AsSingle(),
            adjoints.C?.AsSingle(), (float[]?)(object?)adjoints.ALog);

    internal readonly record struct ForwardKernel(Workers Workers, ScanInputs<float> Inputs, Activation<float> Y, float[]? State = null)
        : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => SelectiveScanForward<TWidth, TVector>.Run(Workers, Inputs, Y, State);
    }

    internal readonly record struct BackwardKernel(
        Workers Workers, ScanInputs<float> Inputs, Activation<float> Gy, ScanAdjoints<float> Adjoints,
        float[]? Before = null, float[]? DState = null)
        : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => SelectiveScanBackward<TWidth, TVector>.Run(Workers, Inputs, Gy, Adjoints, Before, DState);
    }
}
