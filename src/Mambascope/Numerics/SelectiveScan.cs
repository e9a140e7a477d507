using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>What a selective scan reads. Token coordinates throughout; <see cref="Order"/> says in which order time runs.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="U">Scan input after convolution and SiLU, (Batch, L, E).</param>
/// <param name="Delta">Step sizes after softplus, (Batch, L, E).</param>
/// <param name="ALog">ln(-A), (E, N); A = -exp(ALog).</param>
/// <param name="B">Input coefficients, (Batch, L, N), shared by all channels.</param>
/// <param name="C">Output coefficients, (Batch, L, N), shared by all channels.</param>
/// <param name="Order">Order of the tokens in time.</param>
public readonly record struct ScanInputs<T>(Activation<T> U, Activation<T> Delta, Weight ALog, Activation<T> B, Activation<T> C, ScanOrder Order)
    where T : unmanaged;

/// <summary>Where the adjoints of a selective scan go; an operand that is not wanted is null.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="U">dU (Batch, L, E); overwritten unless <paramref name="AccumulateU"/>.</param>
/// <param name="AccumulateU">Add to what dU holds.</param>
/// <param name="Delta">dDelta (Batch, L, E); overwritten.</param>
/// <param name="B">dB (Batch, L, N); overwritten.</param>
/// <param name="C">dC (Batch, L, N); overwritten.</param>
/// <param name="ALog">Gradient of ALog (E, N); added to.</param>
public readonly record struct ScanAdjoints<T>(Activation<T>? U, bool AccumulateU, Activation<T>? Delta, Activation<T>? B, Activation<T>? C, T[]? ALog)
    where T : unmanaged;

/// <summary>
/// The selective scan S6 without skip and gate (Gu and Dao 2023, algorithm 2), per channel e and state n:
/// h_t = exp(Delta_t A) h_{t-1} + Delta_t B_t u_t,  y_t = sum over n of C_t h_t,  h_{-1} = 0.
/// Backward: G_t = gy_t C_t + exp(Delta_{t+1} A) G_{t+1} and
/// du_t = Delta_t sum_n B_t G_t;  dB_t = sum_e Delta_t u_t G_t;  dC_t = sum_e gy_t h_t;
/// dDelta_t = sum_n G_t (A exp(Delta_t A) h_{t-1} + B_t u_t);  dA = sum_t G_t Delta_t exp(Delta_t A) h_{t-1}, dALog = A dA.
/// </summary>
public static class SelectiveScan
{
    /// <summary>y (Batch, L, E).</summary>
    public static void Forward<T>(Workers workers, in ScanInputs<T> inputs, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ForwardPlain(workers, inputs, y);

    /// <summary>The adjoints of the operands from gy, the adjoint of y (Batch, L, E).</summary>
    public static void Backward<T>(Workers workers, in ScanInputs<T> inputs, Activation<T> gy, in ScanAdjoints<T> adjoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => BackwardPlain(workers, inputs, gy, adjoints);

    internal static void ForwardPlain<T>(Workers workers, ScanInputs<T> inputs, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (u, delta, _, b, c, order) = inputs;
        var (aLog, E, N) = (inputs.ALog.Values<T>(), u.Width, b.Width);
        workers.For(u.Batch * E, piece =>
        {
            var (item, e) = (piece / E, piece % E);
            var h = new T[N];
            foreach (var token in order.Tokens)
            {
                var dt = delta.Row(item, token)[e];
                var ut = u.Row(item, token)[e];
                var bt = b.Row(item, token);
                var ct = c.Row(item, token);
                var sum = T.Zero;
                for (var n = 0; n < N; n++)
                {
                    h[n] = (T.Exp(-T.Exp(aLog[(e * N) + n]) * dt) * h[n]) + (dt * bt[n] * ut);
                    sum += ct[n] * h[n];
                }

                y.Row(item, token)[e] = sum;
            }
        });
    }

    internal static void BackwardPlain<T>(Workers workers, ScanInputs<T> inputs, Activation<T> gy, ScanAdjoints<T> adjoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (u, delta, _, b, c, order) = inputs;
        var (aLog, E, N, L) = (inputs.ALog.Values<T>(), u.Width, b.Width, u.Length);
        adjoints.B?.Clear();
        adjoints.C?.Clear();
        if (adjoints is { U: { } du, AccumulateU: false })
        {
            du.Clear();
        }

        // Items share nothing but dALog, which the last loop adds up in order.
        var dALog = new T[u.Batch][];
        workers.For(u.Batch, item =>
        {
            dALog[item] = new T[E * N];
            var h = new T[(L + 1) * N]; // h[(t+1) N + n] is the state after step t
            var G = new T[N];
            for (var e = 0; e < E; e++)
            {
                for (var t = 0; t < L; t++)
                {
                    var token = order.Tokens[t];
                    var dt = delta.Row(item, token)[e];
                    var ut = u.Row(item, token)[e];
                    var bt = b.Row(item, token);
                    for (var n = 0; n < N; n++)
                    {
                        h[((t + 1) * N) + n] = (T.Exp(-T.Exp(aLog[(e * N) + n]) * dt) * h[(t * N) + n]) + (dt * bt[n] * ut);
                    }
                }

                Array.Clear(G);
                for (var t = L - 1; t >= 0; t--)
                {
                    var token = order.Tokens[t];
                    var (dt, ut, g) = (delta.Row(item, token)[e], u.Row(item, token)[e], gy.Row(item, token)[e]);
                    var bt = b.Row(item, token);
                    var ct = c.Row(item, token);
                    var (sumU, sumDelta) = (T.Zero, T.Zero);
                    for (var n = 0; n < N; n++)
                    {
                        var A = -T.Exp(aLog[(e * N) + n]);
                        var decay = T.Exp(A * dt);
                        G[n] += g * ct[n]; // G held exp(Delta_{t+1} A) G_{t+1}
                        var flow = decay * h[(t * N) + n];
                        sumU += dt * bt[n] * G[n];
                        sumDelta += G[n] * ((A * flow) + (bt[n] * ut));
                        dALog[item][(e * N) + n] += A * dt * flow * G[n];
                        if (adjoints.B is { } db)
                        {
                            db.Row(item, token)[n] += dt * ut * G[n];
                        }

                        if (adjoints.C is { } dc)
                        {
                            dc.Row(item, token)[n] += g * h[((t + 1) * N) + n];
                        }

                        G[n] *= decay;
                    }

                    if (adjoints.U is { } target)
                    {
                        target.Row(item, token)[e] += sumU;
                    }

                    if (adjoints.Delta is { } dDelta)
                    {
                        dDelta.Row(item, token)[e] = sumDelta;
                    }
                }
            }
        });

        if (adjoints.ALog is { } total)
        {
            foreach (var part in dALog)
            {
                for (var i = 0; i < part.Length; i++)
                {
                    total[i] += part[i];
                }
            }
        }
    }
}
