using System.Numerics;

namespace Mambascope.Numerics;

/// <content>The equations as loops, for any element type: fallback for double, and the oracle of the fast kernels.</content>
internal static partial class SelectiveScan
{
    internal static void ForwardPlain<T>(Workers workers, ScanInputs<T> inputs, Activation<T> y, T[]? state = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (u, delta, _, b, c, order, _) = inputs;
        var (aLog, E, N) = (inputs.ALog.Values<T>(), u.Width, b.Width);
        workers.For(u.Batch * E, piece =>
        {
            var (item, e) = (piece / E, piece % E);
            var h = new T[N];
            for (var n = 0; state is not null && n < N; n++)
            {
                h[n] = state[(n * E) + e];
            }

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

            for (var n = 0; state is not null && n < N; n++)
            {
                state[(n * E) + e] = h[n];
            }
        });
    }

    internal static void BackwardPlain<T>(
        Workers workers, ScanInputs<T> inputs, Activation<T> gy, ScanAdjoints<T> adjoints, T[]? before = null, T[]? dState = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (u, delta, _, b, c, order, _) = inputs;
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
                for (var n = 0; before is not null && n < N; n++)
                {
                    h[n] = before[(n * E) + e];
                }

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

                for (var n = 0; n < N; n++)
                {
                    G[n] = dState is null ? T.Zero : dState[(n * E) + e];
                }

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

                for (var n = 0; dState is not null && n < N; n++)
                {
                    dState[(n * E) + e] = G[n];
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
