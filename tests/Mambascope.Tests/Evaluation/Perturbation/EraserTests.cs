using Mambascope.Evaluation.Perturbation;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Evaluation.Perturbation;

public sealed class EraserTests
{
    [Fact]
    public void Black_is_zero_before_normalisation()
    {
        var preprocessing = new Preprocessing();
        var picture = Pictures.Random(6, 5, seed: 1, preprocessing);
        var erased = Erase(new BlackEraser(), new(picture, preprocessing), [3, 17]);
        var bytes = (byte[])picture.Image.Pixels.Clone();
        bytes.AsSpan(9, 3).Clear();
        bytes.AsSpan(51, 3).Clear();
        Assert.Equal(preprocessing.Apply(new RgbImage(5, 6, bytes)).PixelValues, erased);
    }

    [Fact]
    public void Grey_scale_models_have_one_plane()
    {
        var preprocessing = new Preprocessing { Mean = [0.5f], StandardDeviation = [0.25f] };
        var erased = Erase(new BlackEraser(), new(Pictures.Random(4, 4, seed: 1, preprocessing), preprocessing), [5]);
        Assert.Equal(16, erased.Length);
        Assert.Equal(-2f, erased[5]);
    }

    [Fact]
    public void Mean_is_the_mean_of_each_channel()
    {
        var image = new NormalisedImage(Pictures.Plain.Apply(new RgbImage(2, 1, [0, 10, 20, 100, 30, 60])), Pictures.Plain);
        var erased = Erase(new MeanEraser(), image, [1]);
        Golden.AssertClose("mean", [erased[1], erased[3], erased[5]], [50 / 255.0, 20 / 255.0, 40 / 255.0], 1e-7);
        Assert.Equal(image.Values[0], erased[0]);
    }

    [Fact]
    public void Blur_of_three_pixels_worked_by_hand()
    {
        // Deviation such that the neighbour weighs 1/2: exp(-1 / 2s²) = 1/2, the next 1/16.
        var deviation = Math.Sqrt(1 / (2 * Math.Log(2)));
        var image = new NormalisedImage(Pictures.Grey(1, 3, 0, 255, 0), Pictures.Plain);
        var erased = Erase(new BlurEraser(deviation), image, [0, 1, 2]);
        var end = 0.5 / (1 + 0.5 + (1 / 16.0));
        Golden.AssertClose("blur", [erased[0], erased[1], erased[2]], [end, 0.5, end], 1e-6);
    }

    [Fact]
    public void Blur_leaves_a_flat_picture_as_it_is()
    {
        var image = new NormalisedImage(Pictures.Grey(4, 4, [.. Enumerable.Repeat((byte)77, 16)]), Pictures.Plain);
        var erased = Erase(new BlurEraser(), image, [.. Enumerable.Range(0, 16)]);
        Assert.All(erased, value => Assert.Equal(77 / 255f, value, tolerance: 1e-6f));
    }

    [Fact]
    public void Noise_lies_between_black_and_white_and_depends_on_the_seed_alone()
    {
        var preprocessing = new Preprocessing();
        var image = new NormalisedImage(Pictures.Random(20, 20, seed: 2, preprocessing), preprocessing);
        int[] all = [.. Enumerable.Range(0, 400)];
        var erased = Erase(new NoiseEraser(), image, all, seed: 5);
        for (var i = 0; i < erased.Length; i++)
        {
            Assert.InRange(erased[i], image.Black[i / 400], image.White[i / 400]);
        }

        Assert.Equal(erased, Erase(new NoiseEraser(), image, all, seed: 5));
        Assert.NotEqual(erased, Erase(new NoiseEraser(), image, all, seed: 6));
        Assert.InRange(
            erased.Take(400).Average(), ((image.Black[0] + image.White[0]) / 2) - 0.3, ((image.Black[0] + image.White[0]) / 2) + 0.3);
    }

    [Fact]
    public void Shuffling_moves_every_patch_and_keeps_every_pixel()
    {
        // 7 x 9 with patches of 3: two rows of three patches, one row of pixels left over.
        var image = new NormalisedImage(Pictures.Grey(7, 9, [.. Enumerable.Range(0, 63).Select(i => (byte)i)]), Pictures.Plain);
        var erased = Erase(new PatchShuffleEraser(3), image, [.. Enumerable.Range(0, 63)], seed: 3);
        Assert.Equal(image.Values[..63].Order(), erased[..63].Order());
        for (var i = 0; i < 63; i++)
        {
            Assert.NotEqual(image.Values[i], erased[i]);
        }

        // Patches stay whole.
        Assert.Equal(1 / 255f, erased[1] - erased[0], tolerance: 1e-6f);
        Assert.Equal(9 / 255f, erased[9] - erased[0], tolerance: 1e-6f);
    }

    [Fact]
    public void Only_the_pixels_named_are_touched()
    {
        var preprocessing = new Preprocessing();
        var image = new NormalisedImage(Pictures.Random(28, 28, seed: 4, preprocessing), preprocessing);
        int[] removed = [0, 27, 300, 783];
        foreach (var eraser in Erasers.All)
        {
            var erased = Erase(eraser, image, removed, seed: 1);
            for (var i = 0; i < erased.Length; i++)
            {
                Assert.True(removed.Contains(i % 784) == (erased[i] != image.Values[i]), $"{eraser.Name} at {i}");
            }

            Assert.Equal(image.Values, Erase(eraser, image, []));
        }
    }

    [Fact]
    public void Erasers_are_found_by_name()
    {
        Assert.Equal(["black", "mean", "blur", "noise", "road", "shuffle"], Erasers.All.Select(eraser => eraser.Name));
        Assert.All(Erasers.All, eraser => Assert.Same(eraser, Erasers.Find(eraser.Name)));
        Assert.Contains("black, mean", Assert.Throws<BadInputException>(() => Erasers.Find("white")).Message, StringComparison.Ordinal);
    }

    internal static float[] Erase(Eraser eraser, NormalisedImage image, int[] removed, int seed = 0)
    {
        var pixels = (float[])image.Values.Clone();
        eraser.Prepare(image, seed).Erase(removed, pixels);
        return pixels;
    }
}
