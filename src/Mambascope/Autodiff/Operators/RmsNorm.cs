using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = w x / rms(x), the root mean square over all channels or over each group of them; see <see cref="RmsNorm"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class RmsNormOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal RmsNormOperator(Value<T> x, Weight w, float epsilon, int groups, Value<T> output)
    {
        X = x;
        W = w;
        Epsilon = epsilon;
        Groups = groups;
        Output = output;
    }

    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>Gain (Width).</summary>
    public Weight W { get; }

    /// <summary>Added to the mean square.</summary>
    public float Epsilon { get; }

    /// <summary>Groups of neighbouring channels that are normalised apart; 1 for the whole width.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [W];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput) => Backward(replay, dOutput, holdScale: false);

    /// <summary>The gradient; with <paramref name="holdScale"/> the reciprocal root mean square counts as a constant.</summary>
    public void Backward(Replay<T> replay, Activation<T> dOutput, bool holdScale)
    {
        var (dw, dx) = (replay.WeightGradients?.Find(W), replay.Target(X));
        var width = X.Data.Width / Groups;
        for (var group = 0; group < Groups; group++)
        {
            var first = group * width;
            var (x, dy) = (X.Data.Columns(first, width), dOutput.Columns(first, width));
            if (dw is not null)
            {
                var part = Groups == 1 ? dw : dw[first..(first + width)];
                RmsNorm.BackwardWeight(replay.Workers, x, Epsilon, dy, part);
                part.CopyTo(dw, first);
            }

            if (dx is { } target)
            {
                RmsNorm.BackwardInput(
                    replay.Workers, x, Gain(group), Epsilon, dy, target.Data.Columns(first, width), target.Accumulate, holdScale);
            }
        }
    }

    internal void Forward(Workers workers)
    {
        var width = X.Data.Width / Groups;
        for (var group = 0; group < Groups; group++)
        {
            RmsNorm.Forward(workers, X.Data.Columns(group * width, width), Gain(group), Epsilon, Output.Data.Columns(group * width, width));
        }
    }

    private Weight Gain(int group) => Groups == 1 ? W : W.Slice(group * (W.Rows / Groups), W.Rows / Groups);
}

/// <summary>Puts RMS norms on a tape.</summary>
public static class RmsNormExtensions
{
    /// <summary>w x / rms(x), same shape.</summary>
    public static Value<T> RmsNorm<T>(this Tape<T> tape, Value<T> x, Weight w, float epsilon, int groups = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new RmsNormOperator<T>(x, w, epsilon, groups, tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
