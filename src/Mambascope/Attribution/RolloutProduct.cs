using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>Row vectors times (residual I + M) for explicit matrices: one step of a rollout, later layers first.</summary>
internal static class RolloutProduct
{
    /// <summary>
    /// The explained token's row of the product over layers of (residual I + M), later layers from the left, as a map an item.
    /// </summary>
    /// <param name="run">What is explained; its options say the residual weight and the row scaling.</param>
    /// <param name="layers">The layers that take part, from input to output.</param>
    /// <param name="matrix">M of a layer for an item.</param>
    public static IReadOnlyList<RelevanceMap<T>> Maps<T, TLayer>(
        MethodRun<T> run, IReadOnlyList<TLayer> layers, Func<TLayer, int, AttentionMatrix<T>> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (decision, done) = (run.Decision, 0);
        var v = decision.ReadVector();
        foreach (var layer in layers.Reverse())
        {
            v = Step(v, [.. Enumerable.Range(0, decision.Batch).Select(item =>
            {
                run.Step(done, layers.Count);
                return matrix(layer, item);
            })], run.Options);
            done++;
        }

        return decision.Maps(v);
    }

    /// <summary>
    /// The explained token's row of the product over layers of (residual I + M) for layers whose tokens may be joined in between, as a map
    /// an item: v S at a merge, and of a model with stages less what was never mixed.
    /// </summary>
    /// <param name="run">What is explained; its options say the residual weight and the row scaling.</param>
    /// <param name="layers">The layers that take part, from input to output.</param>
    /// <param name="matrix">M of a layer for an item; called for layers that mix tokens only.</param>
    public static IReadOnlyList<RelevanceMap<T>> MapsOfLayers<T>(
        MethodRun<T> run, IReadOnlyList<int> layers, Func<int, int, AttentionMatrix<T>> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (decision, trace, done) = (run.Decision, run.Trace, 0);
        var v = decision.ReadVector(layers[^1]);
        foreach (var layer in layers.Reverse())
        {
            if (trace.Layers[layer].Mixers.Count > 0)
            {
                v = Step(v, [.. Enumerable.Range(0, decision.Batch).Select(item =>
                {
                    run.Step(done, layers.Count);
                    return matrix(layer, item);
                })], run.Options);
            }

            v = trace.Layers[layer].Merge?.Product(v) ?? v;
            done++;
        }

        v = LayerWalk.ToFirst(trace.Layers, layers[0] - 1, v);
        TakeUnmixed(trace, layers, decision.ReadVector, run.Options, v);
        return decision.Maps(v);
    }

    /// <summary>
    /// v ← v - what arrives at the first tokens of a model with stages without ever being mixed. There is no class token that it could stay
    /// on: it is a background that shows the borders of the merges and nothing of the picture.
    /// </summary>
    public static void TakeUnmixed<T>(
        Trace<T> trace, IReadOnlyList<int> layers, Func<int, Activation<T>> start, AttributionOptions options, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!trace.IsStaged)
        {
            return;
        }

        // Scaled rows of the residual stream alone are rows of the identity.
        var weight = options.RowNormalisation == RowNormalisation.None
            ? Math.Pow(options.ResidualWeight, layers.Count(layer => trace.Layers[layer].Mixers.Count > 0))
            : 1;
        var unmixed = LayerWalk.ToFirst(trace.Layers, layers[^1], start(layers[^1]));
        for (var row = 0; row < v.Rows; row++)
        {
            v.Row(row)[0] -= T.CreateTruncating(weight) * unmixed.Row(row)[0];
        }
    }

    /// <summary>
    /// v ← v (residual I + M), rows of the bracket scaled to unit absolute sum when asked. v (Batch, L, 1), a matrix an item.
    /// </summary>
    public static Activation<T> Step<T>(Activation<T> v, IReadOnlyList<AttentionMatrix<T>> matrices, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var residual = T.CreateTruncating(options.ResidualWeight);
        var next = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var item = 0; item < v.Batch; item++)
        {
            var to = next.Item(item).Extent;
            for (var i = 0; i < v.Length; i++)
            {
                var factor = v.Row(item, i)[0];
                var row = matrices[item].Row(i);
                if (options.RowNormalisation == RowNormalisation.L1)
                {
                    factor /= AbsoluteSum<T>(row, i, residual);
                }

                if (factor == T.Zero || !T.IsFinite(factor))
                {
                    continue; // nothing flows through this row (an all-zero row has nothing to normalise)
                }

                for (var j = 0; j < row.Length; j++)
                {
                    to[j] += factor * row[j];
                }

                to[i] += factor * residual;
            }
        }

        return next;
    }

    /// <summary>v ← residual v + vM.</summary>
    public static Activation<T> Step<T>(Activation<T> v, Activation<T> vM, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var residual = T.CreateTruncating(options.ResidualWeight);
        var next = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var row = 0; row < v.Rows; row++)
        {
            next.Row(row)[0] = (residual * v.Row(row)[0]) + vM.Row(row)[0];
        }

        return next;
    }

    private static T AbsoluteSum<T>(ReadOnlySpan<T> row, int diagonal, T residual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var j = 0; j < row.Length; j++)
        {
            sum += T.Abs(row[j] + (j == diagonal ? residual : T.Zero));
        }

        return sum;
    }
}
