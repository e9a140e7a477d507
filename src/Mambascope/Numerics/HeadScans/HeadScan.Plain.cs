using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// The plain loops: the oracle, and the form of doubles and of texts of a few tokens. The lanes of a register are states.
/// </summary>
internal static partial class HeadScan
{
    // States are kept at every so many steps, and those between are computed again on the way back.
    private const int Checkpoint = 64;

    // Pieces of a group's heads with sums of dB and dC of their own.
    private const int PiecesOfGroup = 4;

    /// <summary>y (Batch, L, H P); from and into <paramref name="state"/> (H, P, N), where there is one.</summary>
    internal static void ForwardPlain<T>(Workers workers, ScanInputs<T> inputs, Activation<T> y, T[]? state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (H, P, N) = Sizes(inputs, y.Width);
        var rates = Rates(inputs);
        workers.For(y.Batch * H, piece =>
        {
            var (item, h) = (piece / H, piece % H);
            var S = state is null ? new T[P * N] : state.AsSpan(h * P * N, P * N);
            var first = h / (H / inputs.Groups) * N;
            foreach (var token in inputs.Order.Tokens)
            {
                var dt = inputs.Delta.Row(item, token)[h];
                var decay = T.Exp(rates[h] * dt);
                var b = inputs.B.Row(item, token).Slice(first, N);
                var c = inputs.C.Row(item, token).Slice(first, N);
                var u = inputs.U.Row(item, token).Slice(h * P, P);
                var to = y.Row(item, token).Slice(h * P, P);
                for (var p = 0; p < P; p++)
                {
                    to[p] = StateLine.Advance<T>(S.Slice(p * N, N), decay, b, dt * u[p], c);
                }
            }
        });
    }

    /// <summary>The adjoints of the operands from gy (Batch, L, H P); states as in <see cref="SelectiveScan.Backward"/>.</summary>
    internal static void BackwardPlain<T>(
        Workers workers, ScanInputs<T> inputs, Activation<T> gy, ScanAdjoints<T> adjoints, T[]? before, T[]? dState)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (H, _, N) = Sizes(inputs, gy.Width);
        var (batch, L, G) = (gy.Batch, gy.Length, inputs.Groups);
        var parts = Math.Min(PiecesOfGroup, H / G);
        var (dB, dC) = (new T[batch * G * parts][], new T[batch * G * parts][]);
        var dALog = new T[batch * H];
        workers.For(batch * G * parts, piece =>
        {
            var (item, group, part) = (piece / (G * parts), piece / parts % G, piece % parts);
            (dB[piece], dC[piece]) = (new T[L * N], new T[L * N]);
            var (from, to) = ((group * (H / G)) + (part * (H / G) / parts), (group * (H / G)) + ((part + 1) * (H / G) / parts));
            for (var h = from; h < to; h++)
            {
                dALog[(item * H) + h] = Head(inputs, gy, adjoints, before, dState, item, h, dB[piece], dC[piece]);
            }
        });

        for (var row = 0; row < batch * L; row++)
        {
            for (var group = 0; group < G; group++)
            {
                var first = ((row / L * G) + group) * parts;
                Collect(adjoints.B, dB.AsSpan(first, parts), row, group * N, N, L);
                Collect(adjoints.C, dC.AsSpan(first, parts), row, group * N, N, L);
            }
        }

        for (var i = 0; adjoints.ALog is { } total && i < dALog.Length; i++)
        {
            total[i % H] += dALog[i];
        }
    }

    /// <summary>
    /// w[j, e] = sum over i of v[i, e] alpha[e, i, j]; v (Batch, L, H P), or (Batch, L, 1) for the same weight everywhere; see
    /// <see cref="HiddenAttentionScan"/>.
    /// </summary>
    internal static void AdjointPlain<T>(Workers workers, ScanInputs<T> inputs, Activation<T> v, Activation<T> w, int lastStep, T[]? dState)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (H, P, N) = Sizes(inputs, w.Width);
        var rates = Rates(inputs);
        w.Clear();
        workers.For(w.Batch * H, piece =>
        {
            var (item, h) = (piece / H, piece % H);
            var lines = v.Width == 1 ? 1 : P; // the same weight in every channel of a head gives the same result
            var G = dState is null ? new T[lines * N] : dState.AsSpan(h * lines * N, lines * N);
            var first = h / (H / inputs.Groups) * N;
            for (var t = lastStep; t >= 0; t--)
            {
                var token = inputs.Order.Tokens[t];
                var dt = inputs.Delta.Row(item, token)[h];
                var decay = T.Exp(rates[h] * dt);
                var b = inputs.B.Row(item, token).Slice(first, N);
                var c = inputs.C.Row(item, token).Slice(first, N);
                var from = v.Width == 1 ? v.Row(item, token) : v.Row(item, token).Slice(h * P, P);
                var to = w.Row(item, token).Slice(h * P, P);
                for (var p = 0; p < lines; p++)
                {
                    to[p] = dt * StateLine.Reverse<T>(G.Slice(p * N, N), decay, c, from[p], b);
                }

                if (lines == 1)
                {
                    to.Fill(to[0]);
                }
            }
        });
    }

    // One head back through time; gives its share of dALog.
    private static T Head<T>(
        in ScanInputs<T> inputs, Activation<T> gy, in ScanAdjoints<T> adjoints, T[]? before, T[]? dState, int item, int h, T[] dB, T[] dC)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (H, P, N) = Sizes(inputs, gy.Width);
        var (L, a, first) = (gy.Length, Rates(inputs)[h], h / (H / inputs.Groups) * N);
        var kept = new T[(L + Checkpoint - 1) / Checkpoint * P * N]; // states before steps 0, 64, ...
        var S = new T[P * N];
        before?.AsSpan(h * P * N, P * N).CopyTo(S);
        for (var t = 0; t < L; t++)
        {
            if (t % Checkpoint == 0)
            {
                S.CopyTo(kept, t / Checkpoint * S.Length);
            }

            Step(inputs, item, h, inputs.Order.Tokens[t], a, S, S);
        }

        var states = new T[(Checkpoint + 1) * P * N];
        var G = new T[P * N];
        dState?.AsSpan(h * P * N, P * N).CopyTo(G);
        var dALog = T.Zero;
        for (var start = (L - 1) / Checkpoint * Checkpoint; start >= 0; start -= Checkpoint)
        {
            var end = Math.Min(L, start + Checkpoint);
            kept.AsSpan(start / Checkpoint * S.Length, S.Length).CopyTo(states);
            for (var t = start; t < end; t++)
            {
                Step(
                    inputs,
                    item,
                    h,
                    inputs.Order.Tokens[t],
                    a,
                    states.AsSpan((t - start) * S.Length, S.Length),
                    states.AsSpan((t - start + 1) * S.Length, S.Length));
            }

            for (var t = end - 1; t >= start; t--)
            {
                var token = inputs.Order.Tokens[t];
                var dt = inputs.Delta.Row(item, token)[h];
                var decay = T.Exp(a * dt);
                var b = inputs.B.Row(item, token).Slice(first, N);
                var c = inputs.C.Row(item, token).Slice(first, N);
                var u = inputs.U.Row(item, token).Slice(h * P, P);
                var g = gy.Row(item, token).Slice(h * P, P);
                var (flow, sum) = (T.Zero, T.Zero);
                for (var p = 0; p < P; p++)
                {
                    var G_p = G.AsSpan(p * N, N);
                    StateLine.Add<T>(G_p, g[p], c);
                    var arrived = StateLine.Dot<T>(b, G_p);
                    flow += StateLine.Dot<T>(states.AsSpan(((t - start) * S.Length) + (p * N), N), G_p);
                    sum += u[p] * arrived;
                    StateLine.Add<T>(dB.AsSpan(token * N, N), dt * u[p], G_p);
                    StateLine.Add<T>(dC.AsSpan(token * N, N), g[p], states.AsSpan(((t - start + 1) * S.Length) + (p * N), N));
                    StateLine.Scale<T>(G_p, decay);
                    if (adjoints.U is { } dU)
                    {
                        ref var to = ref dU.Row(item, token)[(h * P) + p];
                        to = (adjoints.AccumulateU ? to : T.Zero) + (dt * arrived);
                    }
                }

                dALog += a * dt * decay * flow;
                if (adjoints.Delta is { } dDelta)
                {
                    dDelta.Row(item, token)[h] = (a * decay * flow) + sum;
                }
            }
        }

        if (dState is not null)
        {
            G.CopyTo(dState, h * P * N);
        }

        return dALog;
    }

    // after = exp(Delta a) before + Delta u B
    private static void Step<T>(in ScanInputs<T> inputs, int item, int h, int token, T a, Span<T> before, Span<T> after)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (H, P, N) = Sizes(inputs, inputs.U.Width);
        var dt = inputs.Delta.Row(item, token)[h];
        var decay = T.Exp(a * dt);
        var b = inputs.B.Row(item, token).Slice(h / (H / inputs.Groups) * N, N);
        var u = inputs.U.Row(item, token).Slice(h * P, P);
        for (var p = 0; p < P; p++)
        {
            StateLine.Combine<T>(before.Slice(p * N, N), decay, b, dt * u[p], after.Slice(p * N, N));
        }
    }

    // Adds up the pieces' sums for one token.
    private static void Collect<T>(Activation<T>? target, ReadOnlySpan<T[]> parts, int row, int first, int N, int L)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (target is not { } to)
        {
            return;
        }

        var line = to.Row(row).Slice(first, N);
        line.Clear();
        foreach (var part in parts)
        {
            StateLine.Add<T>(line, T.One, part.AsSpan(row % L * N, N));
        }
    }

    private static (int H, int P, int N) Sizes<T>(in ScanInputs<T> inputs, int width)
        where T : unmanaged
        => (inputs.Delta.Width, width / inputs.Delta.Width, inputs.B.Width / inputs.Groups);

    private static T[] Rates<T>(in ScanInputs<T> inputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Array.ConvertAll(inputs.ALog.Values<float>(), aLog => -T.Exp(T.CreateTruncating(aLog)));
}
