using Mambascope.Evaluation;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training.Data;

public sealed class PictureChangeTests
{
    private const int Size = 14;
    private static readonly byte[] picture = [.. Enumerable.Range(0, Size * Size * 3).Select(i => (byte)(i * 37 % 251))];

    [Fact]
    public void Nothing_changes_nothing()
        => Assert.Equal(Array.ConvertAll(picture, value => (float)value), Changed(PictureChanges.None, 1));

    [Fact]
    public void A_shift_moves_by_whole_pixels_and_repeats_the_edge()
    {
        var seen = new HashSet<(int Dx, int Dy)>();
        for (var index = 0; index < 60; index++)
        {
            var changed = Changed(PictureChanges.Shift, index);
            var (dx, dy) = Enumerable.Range(-1, 3)
                .SelectMany(dx => Enumerable.Range(-1, 3).Select(dy => (dx, dy)))
                .First(shift => IsShifted(changed, shift.dx, shift.dy));
            seen.Add((dx, dy));
        }

        Assert.Equal(9, seen.Count); // a fourteenth of the side is one pixel
    }

    [Fact]
    public void A_flip_exchanges_left_and_right_every_other_time()
    {
        var flipped = 0;
        for (var index = 0; index < 100; index++)
        {
            var changed = Changed(PictureChanges.Flip, index);
            var isFlipped = changed[0] != picture[0];
            flipped += isFlipped ? 1 : 0;
            for (var x = 0; x < Size; x++)
            {
                Assert.Equal(picture[((3 * Size) + (isFlipped ? Size - 1 - x : x)) * 3], changed[((3 * Size) + x) * 3]);
            }
        }

        Assert.InRange(flipped, 30, 70);
    }

    [Fact]
    public void Equal_chances_give_equal_pictures_within_the_range_of_bytes()
    {
        const PictureChanges All = PictureChanges.Shift | PictureChanges.Flip | PictureChanges.Contrast | PictureChanges.Turn;
        var changed = Changed(All, 5);
        Assert.Equal(changed, Changed(All, 5));
        Assert.NotEqual(changed, Changed(All, 6));
        Assert.All(changed, value => Assert.InRange(value, 0, 255));
    }

    private static bool IsShifted(float[] changed, int dx, int dy)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var from = ((Math.Clamp(y - dy, 0, Size - 1) * Size) + Math.Clamp(x - dx, 0, Size - 1)) * 3;
                if (changed[((y * Size) + x) * 3] != picture[from])
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static float[] Changed(PictureChanges changes, int index)
    {
        var changed = new float[picture.Length];
        PictureChange.Apply(picture, Size, changes, new SplitMix64(1, 2, index), changed);
        return changed;
    }
}
