using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Series (time, channels), or rows of a table (numbers, 1), standardised. Cases that are run at once must be of one length.
/// </summary>
/// <param name="values">Values of each case, row-major.</param>
/// <param name="labels">Class of each case.</param>
/// <param name="width">Channels; 1 for a table.</param>
/// <param name="isShifted">Whether training cases are moved in time.</param>
internal sealed class LabelledSeries(float[][] values, int[] labels, int width, bool isShifted) : LabelledCases(labels)
{
    private const int ShiftShare = 14;

    /// <inheritdoc/>
    public override Value<float> Scores(Tape<float> tape, IModel model, ReadOnlySpan<DrawnCase> cases, Func<int, float[]>? dropPath = null)
    {
        var length = values[cases[0].Case].Length / width;
        var batch = Activation<float>.Zeros(cases.Length, length, width);
        for (var item = 0; item < cases.Length; item++)
        {
            var from = values[cases[item].Case];
            var shift = 0;
            if (isShifted && cases[item].Chance is { } chance)
            {
                var reach = length / ShiftShare;
                shift = chance.Below((2 * reach) + 1) - reach;
            }

            for (var step = 0; step < length; step++)
            {
                from.AsSpan(Math.Clamp(step - shift, 0, length - 1) * width, width).CopyTo(batch.Row(item, step));
            }
        }

        return ((ISeriesModel)model).Forward(tape, batch, dropPath).Logits;
    }
}
