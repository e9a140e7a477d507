using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// The state that a model's scores are read from: what its head, the last linear layer, is given (Batch, scored tokens, d).
/// </summary>
internal static class ReadState
{
    /// <summary>The state of a recorded run.</summary>
    /// <exception cref="BadInputException">The scores do not come from a linear layer.</exception>
    public static Value<T> Of<T>(Trace<T> trace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Behind the head there may be scales; whatever stands there acts on each score alone.
        for (var value = trace.Logits; trace.Tape.Operators.LastOrDefault(op => op.Output.Index == value.Index) is { } op;)
        {
            if (op is LinearOperator<T> head)
            {
                return head.X;
            }

            if (op.Inputs is not [var only])
            {
                break;
            }

            value = only;
        }

        throw new BadInputException("this model's scores are not read from a state by a linear layer, so there is no state to explain");
    }
}
