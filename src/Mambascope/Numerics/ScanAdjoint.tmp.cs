using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>temp</summary>
public static class ScanAdjoint
{
    /// <summary>temp</summary>
    public static void Apply<T>(Workers workers, ScanInputs<T> inputs, Activation<T> v, Activation<T> w) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (u, delta, _, b, c, order) = inputs;
        var (aLog, E, N, L) = (inputs.ALog.Values<T>(), u.Width, b.Width, u.Length);
        workers.For(u.Batch * E, piece =>
        {
            var (item, e) = (piece / E, piece % E);
            var G = new T[N];
            for (var t = L - 1; t >= 0; t--)
            {
                var token = order.Tokens[t];
                var dt = delta.Row(item, token)[e];
                var bt = b.Row(item, token);
                var ct = c.Row(item, token);
                var sum = T.Zero;
                for (var n = 0; n < N; n++)
                {
                    G[n] += v.Row(item, token)[e] * ct[n];
                    sum += dt * bt[n] * G[n];
                    G[n] *= T.Exp(-T.Exp(aLog[(e * N) + n]) * dt);
                }

                w.Row(item, token)[e] = sum;
            }
        });
    }
}
