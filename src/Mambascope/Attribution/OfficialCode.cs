using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What the released HiddenMambaAttn code computes, for comparison with published results. It differs from the paper's equations:
/// the class token's row lacks its own decay factor and its self term; min-max runs over all channels and positions of a layer;
/// and the "rollout" adds the class row to every row of the matrix, which makes it a weighted sum over layers (see docs/method.md).
/// A min-max of a constant yields zeros here (the released code divides by zero).
/// </summary>
internal static class OfficialCode
{
    public static IReadOnlyList<RelevanceMap<T>> RawAttention<T>(MethodRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Explain(run, (rows, _, _) => MeanOverChannels(MinMax(rows)), perLayer => MeanOverLayers(perLayer));

    public static IReadOnlyList<RelevanceMap<T>> Rollout<T>(MethodRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Explain(run, (rows, _, _) => MeanOverChannels(rows), perLayer => BroadcastRollout(perLayer));

    public static IReadOnlyList<RelevanceMap<T>> Attribution<T>(MethodRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Explain(run, (rows, mixer, item) =>
        {
            SignRules.Apply(SignRule.Clamp, rows.Extent);
            var a = MeanOverChannels(MinMax(rows));
            var s = Sensitivity(run.GradientsOfLayers[mixer.Output], item);
            return [.. a.Zip(s, (x, y) => x * y)];
        }, perLayer => BroadcastRollout(perLayer));

    /// <summary>
    /// The class token's row of every channel as released, spliced from both directions: (1, L, E), zero at the class token.
    /// </summary>
    public static Activation<T> ClassRow<T>(Decision<T> decision, ScanMixerTrace<T> mixer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tape = decision.Trace.Tape;
        var (L, E, token) = (decision.Trace.Length, mixer.X.Data.Width, decision.Token);
        var v = Activation<T>.Zeros(1, L, E);
        v.Row(token).Fill(T.One);
        var spliced = Activation<T>.Zeros(1, L, E);
        var row = Activation<T>.Zeros(1, L, E);
        foreach (var scan in mixer.Scans)
        {
            // Delta = 0 at the class token removes both its decay, exp(0 A) = 1, and its self term, 0 B C.
            var delta = Activation<T>.Of(scan.Delta.Data.Item(item).ToArray(), 1, L, E);
            delta.Row(token).Clear();
            var inputs = scan.ScanInputs;
            HiddenAttentionScan.Adjoint(
                tape.Workers,
                inputs with
                {
                    U = scan.U.Data.Item(item),
                    Delta = delta,
                    B = inputs.B.Item(item),
                    C = inputs.C.Item(item),
                },
                v,
                row);
            for (var t = 0; t < L; t++)
            {
                var isPast = scan == mixer.Scans[0] ? t < token : t > token;
                if (isPast)
                {
                    row.Row(t).CopyTo(spliced.Row(t));
                }
            }
        }

        return spliced;
    }

    private static IReadOnlyList<RelevanceMap<T>> Explain<T>(
        MethodRun<T> run, Func<Activation<T>, ScanMixerTrace<T>, int, T[]> perLayer, Func<IReadOnlyList<T[]>, T[]> combine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var decision = run.Decision;
        if (decision.Trace.Grid is null)
        {
            throw new BadInputException(
                "mode official is what the code released for Vision Mamba computes; for text and series use mode exact or paper");
        }

        if (decision.Token < 0 || run.Trace.ScanMixers.Any(mixer => mixer.Scans.Count != 2))
        {
            throw new BadInputException("mode official is defined for Vision Mamba with a class token; use mode exact or paper");
        }

        var mixers = LayerChoice.Mixers<ScanMixerTrace<T>, T>(run.Trace, run.Options);
        return [.. Enumerable.Range(0, decision.Batch).Select(item =>
        {
            var map = combine([.. mixers.Select((mixer, i) =>
            {
                run.Step(i, mixers.Count);
                return perLayer(ClassRow(decision, mixer, item), mixer, item);
            })]);
            return decision.Map([.. map.Select(value => T.Max(value, T.Zero))]);
        })];
    }

    // Sum over layers of a / product of (1 + sum a) so far: the closed form of multiplying normalised (I + 1 aᵀ), class token row.
    private static T[] BroadcastRollout<T>(IReadOnlyList<T[]> perLayer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var map = new T[perLayer[0].Length];
        var divisor = T.One;
        foreach (var a in perLayer)
        {
            divisor *= T.One + a.Aggregate(T.Zero, (sum, value) => sum + value);
            for (var j = 0; j < map.Length; j++)
            {
                map[j] += a[j] / divisor;
            }
        }

        return map;
    }

    private static T[] MeanOverLayers<T>(IReadOnlyList<T[]> perLayer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [
            .. Enumerable
                .Range(0, perLayer[0].Length)
                .Select(j => perLayer.Aggregate(T.Zero, (sum, a) => sum + a[j]) / T.CreateTruncating(perLayer.Count)),
        ];

    private static T[] MeanOverChannels<T>(Activation<T> rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. Enumerable.Range(0, rows.Rows).Select(t => ChannelReductions.Reduce<T>(rows.Row(t), SignRule.Keep, ChannelReduction.Mean))];

    // Positive part of the gradient at the mixer's output, largest channel, min-max over positions.
    private static T[] Sensitivity<T>(Activation<T> gradient, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = Activation<T>.Zeros(1, gradient.Length, 1);
        for (var t = 0; t < gradient.Length; t++)
        {
            s.Row(t)[0] = ChannelReductions.Reduce<T>(gradient.Row(item, t), SignRule.Clamp, ChannelReduction.Max);
        }

        return MinMax(s).ToArray();
    }

    private static Activation<T> MinMax<T>(Activation<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (low, high) = (T.PositiveInfinity, T.NegativeInfinity);
        foreach (var value in values.Extent)
        {
            low = T.Min(low, value);
            high = T.Max(high, value);
        }

        foreach (ref var value in values.Extent)
        {
            value = high > low ? (value - low) / (high - low) : T.Zero;
        }

        return values;
    }
}
