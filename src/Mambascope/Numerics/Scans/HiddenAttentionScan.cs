using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Products with the hidden attention matrices of a selective scan, without forming a matrix. For channel e, steps i >= j of time:
/// alpha[e, i, j] = Delta_j sum over n of C_i B_j exp(A sum of Delta over j+1..i), zero for j after i, so that y_i = sum_j alpha[e, i, j]
/// u_j (Ali, Zimerman and Wolf 2024, "The hidden attention of Mamba models"). Both products are one adjoint scan, G_i = v_i C_i +
/// exp(Delta_{i+1} A) G_{i+1} and w_j = Delta_j sum_n B_j G_j: running products of numbers below one, never a ratio of cumulative products,
/// which would underflow to 0/0. Tokens are in token coordinates; cost Batch L E N, no memory beside the result. U of the inputs is not
/// read.
/// </summary>
internal static class HiddenAttentionScan
{
    /// <summary>
    /// One row for all channels: row[0, j, e] = alpha[e, token, j] of item <paramref name="item"/>, zero where j comes after the token in
    /// time.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="inputs">The scan.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="token">The row, in token coordinates.</param>
    /// <param name="row">(1, L, E); overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such item or token.</exception>
    public static void Row<T>(Workers workers, in ScanInputs<T> inputs, int item, int token, Activation<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, inputs.Delta.Batch);
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, inputs.Delta.Length);

        // The row is eᵀ alpha with e one at the token: an adjoint scan that starts there.
        var one = new T[inputs.Delta.Length];
        one[token] = T.One;
        var alone = inputs with { Delta = inputs.Delta.Item(item), B = inputs.B.Item(item), C = inputs.C.Item(item) };
        Run(workers, alone, Activation<T>.Of(one, 1, one.Length, 1), row, lastStep: inputs.Order.Tokens.IndexOf(token));
    }

    /// <summary>
    /// The product from the left, w[b, j, e] = sum_i v[b, i, e] alpha[e, i, j]: what the outputs, weighted by v, owe to each token.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="inputs">The scan.</param>
    /// <param name="v">Weights of the outputs: (Batch, L, E), or (Batch, L, 1) for the same weight in every channel.</param>
    /// <param name="w">(Batch, L, E); overwritten.</param>
    /// <param name="lastStep">
    /// Last step in scan time at which v is not zero, where the caller knows it: later steps cost nothing then.
    /// </param>
    /// <param name="dState">
    /// For a piece of a text: what later pieces' weighted outputs owe to the state after this one, replaced by what all owe to the state
    /// before it. Layout as the state's of <see cref="SelectiveScan.Forward"/>; (H, 1, N) for scans with one decay a head where v has one
    /// channel.
    /// </param>
    public static void Adjoint<T>(
        Workers workers, in ScanInputs<T> inputs, Activation<T> v, Activation<T> w, int? lastStep = null, T[]? dState = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Run(workers, inputs, v, w, dState is null ? lastStep ?? inputs.Order.Length - 1 : inputs.Order.Length - 1, dState);

    /// <summary>
    /// The product with a whole mixer, scan and what stands around it: weights of x from weights of y + D u, by passing over memory once.
    /// Bit for bit what the parts give one after the other, but for sums over channels.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="inputs">The scan, one with a decay of its own for every channel.</param>
    /// <param name="around">What stands around it.</param>
    /// <param name="v">Weights of the outputs (Batch, L, E).</param>
    /// <param name="w">Weights of x (Batch, L, E), or their sums (Batch, groups, L).</param>
    /// <param name="lastStep">Last step in scan time at which v is not zero.</param>
    public static void AdjointOfMixer(
        Workers workers, in ScanInputs<float> inputs, in ScanSurroundings around, Activation<float> v, Activation<float> w, int lastStep)
        => WidestRegisters.Run(new AdjointKernel(workers, inputs, v, w, lastStep, DState: null, around));

    internal static void RunPlain<T>(
        Workers workers, ScanInputs<T> inputs, Activation<T> v, Activation<T> w, int lastStep, T[]? dState = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (_, delta, _, b, c, order, _) = inputs;
        var (aLog, E, N) = (inputs.ALog.Values<T>(), delta.Width, b.Width);
        w.Clear();
        workers.For(delta.Batch * E, piece =>
        {
            var (item, e) = (piece / E, piece % E);
            var G = new T[N];
            for (var n = 0; dState is not null && n < N; n++)
            {
                G[n] = dState[(n * E) + e];
            }

            for (var t = lastStep; t >= 0; t--)
            {
                var token = order.Tokens[t];
                var (dt, vt) = (delta.Row(item, token)[e], v.Row(item, token)[v.Width == 1 ? 0 : e]);
                var bt = b.Row(item, token);
                var ct = c.Row(item, token);
                var sum = T.Zero;
                for (var n = 0; n < N; n++)
                {
                    G[n] += vt * ct[n];
                    sum += bt[n] * G[n];
                    G[n] *= T.Exp(-T.Exp(aLog[(e * N) + n]) * dt);
                }

                w.Row(item, token)[e] = dt * sum;
            }

            for (var n = 0; dState is not null && n < N; n++)
            {
                dState[(n * E) + e] = G[n];
            }
        });
    }

    private static void Run<T>(Workers workers, in ScanInputs<T> inputs, Activation<T> v, Activation<T> w, int lastStep, T[]? dState = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (inputs.IsPerHead)
        {
            HeadScan.Adjoint(workers, inputs, v, w, lastStep, dState);
            return;
        }

        if (typeof(T) != typeof(float))
        {
            RunPlain(workers, inputs, v, w, lastStep, dState);
            return;
        }

        var (single, dh) = (SelectiveScan.AsSingle(inputs), (float[]?)(object?)dState);
        WidestRegisters.Run(new AdjointKernel(workers, single, v.AsSingle(), w.AsSingle(), lastStep, dh));
    }

    internal readonly record struct AdjointKernel(
        Workers Workers,
        ScanInputs<float> Inputs,
        Activation<float> V,
        Activation<float> W,
        int LastStep,
        float[]? DState = null,
        ScanSurroundings? Around = null) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => HiddenAttentionKernel<TWidth, TVector>.Run(Workers, Inputs, V, W, LastStep, DState, Around);
    }
}
