using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Weights of a batch norm, C values each.</summary>
/// <param name="Gain">weight.</param>
/// <param name="Bias">bias.</param>
/// <param name="Mean">running_mean.</param>
/// <param name="Variance">running_var.</param>
/// <param name="Epsilon">Added to the variance.</param>
internal sealed record BatchNormWeights(Weight Gain, Weight Bias, Weight Mean, Weight Variance, float Epsilon)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<Weight> All => [Gain, Bias, Mean, Variance];
}

/// <summary>y = (x - mean) r w + b with the statistics of the training; see <see cref="BatchNorm"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class BatchNormOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal BatchNormOperator(Value<T> x, BatchNormWeights w, Value<T> output)
    {
        X = x;
        W = w;
        Output = output;
    }

    /// <summary>x (Batch, L, C).</summary>
    public Value<T> X { get; }

    /// <summary>Weights.</summary>
    public BatchNormWeights W { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => W.All;

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.WeightGradients is { } wanted)
        {
            BackwardWeights(wanted, dOutput);
        }

        if (replay.Target(X) is { } dx)
        {
            BatchNorm.BackwardInput(replay.Workers, dOutput, Factors().Scale, dx.Data, dx.Accumulate);
        }
    }

    internal void Forward(Workers workers)
    {
        var (scale, offset) = Factors();
        BatchNorm.Forward(workers, X.Data, scale, offset, Output.Data);
    }

    // y = a x + c with a = w r, c = b - mean a.
    private (T[] Scale, T[] Offset) Factors()
    {
        var (gain, bias, mean) = (W.Gain.Values<T>(), W.Bias.Values<T>(), W.Mean.Values<T>());
        T[] scale = [.. gain.Zip(Deviations(), (w, r) => w * r)];
        return (scale, [.. bias.Select((b, c) => b - (mean[c] * scale[c]))]);
    }

    // r = 1 / sqrt(variance + epsilon).
    private T[] Deviations() => Array.ConvertAll(W.Variance.Values<T>(), v => T.One / T.Sqrt(v + T.CreateTruncating(W.Epsilon)));

    // With s = sum dy and q = sum dy x: dw = r (q - mean s), db = s, dmean = -w r s, dvariance = -w r³ (q - mean s) / 2.
    private void BackwardWeights(WeightGradients<T> wanted, Activation<T> dOutput)
    {
        var (dGain, dBias, dMean, dVariance) = (wanted.Find(W.Gain), wanted.Find(W.Bias), wanted.Find(W.Mean), wanted.Find(W.Variance));
        if (dGain is null && dBias is null && dMean is null && dVariance is null)
        {
            return;
        }

        var (s, q) = BatchNorm.Sums(dOutput, X.Data);
        var (gain, mean, r) = (W.Gain.Values<T>(), W.Mean.Values<T>(), Deviations());
        for (var c = 0; c < s.Length; c++)
        {
            var centred = r[c] * (q[c] - (mean[c] * s[c]));
            Add(dGain, c, centred);
            Add(dBias, c, s[c]);
            Add(dMean, c, -gain[c] * r[c] * s[c]);
            Add(dVariance, c, -gain[c] * r[c] * r[c] * centred / T.CreateTruncating(2));
        }
    }

    private static void Add(T[]? to, int channel, T value)
    {
        if (to is not null)
        {
            to[channel] += value;
        }
    }
}

/// <summary>Puts batch norms, as they are at inference, on a tape.</summary>
internal static class BatchNormExtensions
{
    /// <summary>Same shape.</summary>
    public static Value<T> BatchNorm<T>(this Tape<T> tape, Value<T> x, BatchNormWeights w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new BatchNormOperator<T>(x, w, tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
