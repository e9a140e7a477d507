using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// A token for every feature of a table's row: token[f] = sum over the feature's numbers v of x[v] W[v] (a number times its vector; of a
/// category the vectors of all, weighted).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class FeatureTokensOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal FeatureTokensOperator(Value<T> x, Weight w, IReadOnlyList<(int First, int Count)> features, Value<T> output)
        => (X, W, Features, Output) = (x, w, features, output);

    /// <summary>Numbers (Batch, V, 1).</summary>
    public Value<T> X { get; }

    /// <summary>A vector a number (V, d).</summary>
    public Weight W { get; }

    /// <summary>The numbers of each feature.</summary>
    public IReadOnlyList<(int First, int Count)> Features { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <summary>(Batch, features, d).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [W];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        var (dw, dx, w, d) = (replay.WeightGradients?.Find(W), replay.Target(X), W.Values<T>(), dOutput.Width);
        for (var item = 0; item < dOutput.Batch; item++)
        {
            for (var feature = 0; feature < Features.Count; feature++)
            {
                var g = dOutput.Row(item, feature);
                var (first, count) = Features[feature];
                for (var v = first; v < first + count; v++)
                {
                    var (x, sum) = (X.Data.Row(item, v)[0], T.Zero);
                    for (var i = 0; i < d; i++)
                    {
                        sum += g[i] * w[(v * d) + i];
                        if (dw is not null)
                        {
                            dw[(v * d) + i] += g[i] * x;
                        }
                    }

                    if (dx is { } target)
                    {
                        ref var to = ref target.Data.Row(item, v)[0];
                        to = target.Accumulate ? to + sum : sum;
                    }
                }
            }
        }
    }

    internal void Forward()
    {
        Output.Data.Clear();
        var (w, d) = (W.Values<T>(), Output.Data.Width);
        for (var item = 0; item < X.Data.Batch; item++)
        {
            for (var feature = 0; feature < Features.Count; feature++)
            {
                var token = Output.Data.Row(item, feature);
                var (first, count) = Features[feature];
                for (var v = first; v < first + count; v++)
                {
                    var x = X.Data.Row(item, v)[0];
                    for (var i = 0; i < d; i++)
                    {
                        token[i] += x * w[(v * d) + i];
                    }
                }
            }
        }
    }
}

/// <summary>Puts tokens of features on a tape.</summary>
internal static class FeatureTokensExtensions
{
    /// <summary>(Batch, features, d).</summary>
    public static Value<T> FeatureTokens<T>(this Tape<T> tape, Value<T> x, Weight w, IReadOnlyList<(int First, int Count)> features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new FeatureTokensOperator<T>(x, w, features, tape.NewValue(x.Data.Batch, features.Count, w.Columns));
        op.Forward();
        return tape.Record(op);
    }
}
