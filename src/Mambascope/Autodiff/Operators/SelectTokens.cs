using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Some tokens of each item, in the order asked for: the places at which a language model is scored.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class SelectTokensOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SelectTokensOperator(Value<T> x, IReadOnlyList<IReadOnlyList<int>> tokens, Value<T> output)
    {
        X = x;
        Tokens = tokens;
        Output = output;
    }

    /// <summary>Tokens (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>Which tokens, for each item; equally many for all.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tokens { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <summary>(Batch, tokens chosen, Width).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is not { } dx)
        {
            return;
        }

        if (!dx.Accumulate)
        {
            dx.Data.Clear();
        }

        for (var item = 0; item < dOutput.Batch; item++)
        {
            for (var q = 0; q < dOutput.Length; q++)
            {
                var from = dOutput.Row(item, q);
                var to = dx.Data.Row(item, Tokens[item][q]);
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] += from[i];
                }
            }
        }
    }

    internal void Forward()
    {
        for (var item = 0; item < Output.Data.Batch; item++)
        {
            for (var q = 0; q < Output.Data.Length; q++)
            {
                X.Data.Row(item, Tokens[item][q]).CopyTo(Output.Data.Row(item, q));
            }
        }
    }
}

/// <summary>Puts the choice of tokens on a tape.</summary>
internal static class SelectTokensExtensions
{
    /// <summary>(Batch, tokens chosen, Width).</summary>
    public static Value<T> SelectTokens<T>(this Tape<T> tape, Value<T> x, IReadOnlyList<IReadOnlyList<int>> tokens)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new SelectTokensOperator<T>(x, tokens, tape.NewValue(x.Data.Batch, tokens[0].Count, x.Data.Width));
        op.Forward();
        return tape.Record(op);
    }
}
