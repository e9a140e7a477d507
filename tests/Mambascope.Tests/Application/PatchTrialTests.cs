using Mambascope.Application;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Imaging;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Application;

/// <summary>A picture without some of its patches.</summary>
public sealed class PatchTrialTests
{
    private static string Sample => Path.Combine(Repository.Root, "samples", "two-items.png");

    [Fact]
    public void A_patch_that_is_taken_out_has_the_erasers_colour_and_nothing_else_changes()
    {
        using var model = ImageClassifier.Open("demo-vim", new() { Threads = 1 });
        var picture = new PictureSubject(Sample, model.Preprocess(ImageFile.Decode(Sample)));
        var trial = PatchTrial.Run(model, picture, [15], new BlackEraser());

        // Row 1, column 1 of patches of 4 x 4 pixels, by hand: the same picture with those pixels black.
        var pixels = picture.Input.Image.Pixels.ToArray();
        for (var y = 4; y < 8; y++)
        {
            pixels.AsSpan(((y * 56) + 4) * 3, 12).Clear();
        }

        using var run = model.Run<float>(model.Preprocess(new(56, 56, pixels)), isRecording: false);
        Assert.All(run.Predictions.Zip(trial.After), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
        Assert.NotEqual(trial.Before[4].Score, trial.After[4].Score);
        Assert.Equal([15], trial.Patches);
    }

    [Fact]
    public void A_patch_that_does_not_exist_is_refused()
    {
        using var model = ImageClassifier.Open("demo-vim", new() { Threads = 1 });
        var picture = new PictureSubject(Sample, model.Preprocess(ImageFile.Decode(Sample)));
        var error = Assert.Throws<BadInputException>(() => PatchTrial.Run(model, picture, [196], new BlackEraser()));
        Assert.Contains("patches 0 to 195", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_of_more_pixels_than_are_wanted_is_refused_by_its_header()
    {
        var error = Assert.Throws<BadInputException>(() => ImageFile.Read(Sample, new() { MaxPixels = 3135 }));
        Assert.Contains("at most 3135 pixels, found 56x56", error.Message, StringComparison.Ordinal);
        Assert.Equal(56, ImageFile.Read(Sample, new() { MaxPixels = 3136 }).Image.Width);
    }
}
