using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Which experts each token is sent to, and with which weights: from a router's logits (Batch, L, X) to weights (Batch, L, k) of the chosen
/// ones. The choice has no gradient, the weights have.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ExpertWeightsOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] chosen;

    internal ExpertWeightsOperator(Value<T> logits, ExpertRouting routing, int[] chosen, Value<T> output)
    {
        Logits = logits;
        Routing = routing;
        this.chosen = chosen;
        Output = output;
    }

    /// <summary>Logits (Batch, L, X).</summary>
    public Value<T> Logits { get; }

    /// <summary>How a token's experts are chosen.</summary>
    public ExpertRouting Routing { get; }

    /// <summary>Chosen experts, Batch L rows of k, the heaviest first.</summary>
    public IReadOnlyList<int> Chosen => chosen;

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [Logits];

    /// <summary>Their weights (Batch, L, k).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(Logits) is not { } target)
        {
            return;
        }

        var (k, part) = (Routing.Chosen, new T[Logits.Data.Width]);
        for (var row = 0; row < dOutput.Rows; row++)
        {
            Routing.Backward<T>(Logits.Data.Row(row), chosen.AsSpan(row * k, k), Output.Data.Row(row), dOutput.Row(row), part);
            var to = target.Data.Row(row);
            for (var e = 0; e < part.Length; e++)
            {
                to[e] = target.Accumulate ? to[e] + part[e] : part[e];
            }
        }
    }

    internal void Forward()
    {
        var k = Routing.Chosen;
        for (var row = 0; row < Output.Data.Rows; row++)
        {
            Routing.Choose<T>(Logits.Data.Row(row), chosen.AsSpan(row * k, k), Output.Data.Row(row));
        }
    }
}

/// <summary>Puts the choice of experts on a tape.</summary>
internal static class ExpertWeightsExtensions
{
    /// <summary>The operator: its output are weights (Batch, L, k), beside them the chosen experts.</summary>
    public static ExpertWeightsOperator<T> ExpertWeights<T>(this Tape<T> tape, Value<T> logits, ExpertRouting routing)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (batch, length) = (logits.Data.Batch, logits.Data.Length);
        var op = new ExpertWeightsOperator<T>(
            logits, routing, new int[batch * length * routing.Chosen], tape.NewValue(batch, length, routing.Chosen));
        op.Forward();
        tape.Record(op);
        return op;
    }
}
