using System.Numerics;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What stands beside the adjoint at the first block's input: the tokens themselves, or, with a reference, e - mean(e), with e what the
/// input put at a token before its position was added (a patch's embedding, a word's). It asks what makes this input differ, for the
/// linearised model, from one of the same average patch everywhere.
/// </summary>
internal static class ReferenceInput
{
    /// <summary>(Batch, L, d); zero at a class token and, of a text, behind the explained token.</summary>
    /// <exception cref="BadInputException">A reference of another kind of input.</exception>
    public static Activation<T> Of<T>(Decision<T> decision, InputReference reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (trace, isPicture) = (decision.Trace, decision.Trace.Layout.Grid is not null);
        if (reference == InputReference.None)
        {
            return trace.Tokens.Data;
        }

        if (isPicture != (reference == InputReference.PictureMean))
        {
            throw new BadInputException(isPicture
                ? "reference text-mean is for texts; for pictures take picture-mean"
                : "reference picture-mean is for pictures; for texts take text-mean, for series too");
        }

        // A text is explained as it stands up to the explained token, so later ones are no part of its mean.
        int[] shown = [.. trace.Layout.Shown.Where(t => isPicture || decision.Token < 0 || t <= decision.Token)];
        var centred = Activation<T>.Zeros(decision.Batch, trace.Length, trace.Tokens.Data.Width);
        for (var item = 0; item < decision.Batch; item++)
        {
            Centre(trace, item, shown, centred.Item(item));
        }

        return centred;
    }

    private static void Centre<T>(Trace<T> trace, int item, int[] shown, Activation<T> centred)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sequence = trace.Tape.Operators.OfType<TokenSequenceOperator<T>>().FirstOrDefault(op => op.Output.Index == trace.Tokens.Index);
        var mean = new T[centred.Width];
        foreach (var t in shown)
        {
            var content = sequence is null ? trace.Tokens.Data.Row(item, t) : sequence.Content(item, t);
            for (var d = 0; d < mean.Length; d++)
            {
                centred.Row(t)[d] = content[d];
                mean[d] += content[d];
            }
        }

        foreach (var t in shown)
        {
            var row = centred.Row(t);
            for (var d = 0; d < mean.Length; d++)
            {
                row[d] -= mean[d] / T.CreateTruncating(shown.Length);
            }
        }
    }
}
