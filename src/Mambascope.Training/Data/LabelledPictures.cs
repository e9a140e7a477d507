using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>From bytes of a picture to the numbers that a model reads.</summary>
/// <param name="Size">Side of the picture.</param>
/// <param name="Mean">Of each channel, in [0, 1] units.</param>
/// <param name="Deviation">Of each channel.</param>
internal sealed record PictureScale(int Size, float[] Mean, float[] Deviation);

/// <summary>Pictures of one size, (size, size, 3) bytes each.</summary>
internal sealed class LabelledPictures(byte[][] pictures, int[] labels, PictureScale scale, PictureChanges changes) : LabelledCases(labels)
{
    /// <summary>The bytes.</summary>
    public IReadOnlyList<byte[]> Pictures => pictures;

    /// <inheritdoc/>
    public override Value<float> Scores(Tape<float> tape, IModel model, ReadOnlySpan<DrawnCase> cases, Func<int, float[]>? dropPath = null)
    {
        var pixels = Activation<float>.Zeros(cases.Length, 3 * scale.Size, scale.Size);
        var changed = new float[3 * scale.Size * scale.Size];
        for (var item = 0; item < cases.Length; item++)
        {
            var picture = pictures[cases[item].Case];
            if (cases[item].Chance is { } chance && changes != PictureChanges.None)
            {
                PictureChange.Apply(picture, scale.Size, changes, chance, changed);
            }
            else
            {
                for (var i = 0; i < changed.Length; i++)
                {
                    changed[i] = picture[i];
                }
            }

            Normalise(changed, pixels.Item(item).Extent);
        }

        return ((IVisionModel)model).Forward(tape, pixels, dropPath).Logits;
    }

    // As the preprocessing of the finished model does it, so that a trained picture and a later one are the same numbers.
    private void Normalise(ReadOnlySpan<float> values, Span<float> planes)
    {
        var plane = scale.Size * scale.Size;
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < plane; i++)
            {
                planes[(c * plane) + i] = ((values[(3 * i) + c] / 255f) - scale.Mean[c]) / scale.Deviation[c];
            }
        }
    }
}
