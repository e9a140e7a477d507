using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Sanity;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Evaluation.Runs;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Evaluation.Sanity;

/// <summary>A constant added to every pixel and taken back by the first layer: the same function of the picture.</summary>
public sealed class ShiftedInputTests
{
    private static readonly IVisionModel[] models =
    [
        SmallEvaluation.Vim.Network,
        SmallEvaluation.DeiT.Network,
    ];

    public static TheoryData<int> Models => [0, 1];

    [Theory]
    [MemberData(nameof(Models))]
    public void Scores_agree_to_rounding_and_pixels_do_not(int which)
    {
        var model = models[which];
        var shifted = Assert.IsAssignableFrom<IVisionModel>(ShiftedInput.ModelFor(model));
        using var workers = new Workers(1);
        var pixels = Pixels(model, seed: 3);
        var moved = ShiftedInput.Pixels(pixels);
        Assert.All(pixels.ToArray().Zip(moved.ToArray()), pair => Assert.Equal(pair.First + ShiftedInput.Shift, pair.Second));

        var (scores, same, wrong) = (Scores(workers, model, pixels), Scores(workers, shifted, moved), Scores(workers, model, moved));
        Golden.AssertClose("scores", [.. same.Select(value => (double)value)], [.. scores.Select(value => (double)value)], 1e-5);
        Assert.True(scores.Zip(wrong, (a, b) => Math.Abs(a - b)).Max() > 1e-2, "the shift alone has to change something");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Maps_of_tokens_stay_and_maps_that_put_pixels_in_place_of_others_move(int which)
    {
        var model = models[which];
        var shifted = ShiftedInput.ModelFor(model)!;
        using var workers = new Workers(1);
        var (pixels, moved) = (Pixels(model, seed: 4), ShiftedInput.Pixels(Pixels(model, seed: 4)));
        foreach (var name in new[] { "raw", "input-x-gradient", "smoothgrad" })
        {
            Assert.InRange(Change(name), 0, 1e-3);
        }

        // Zero pixels are another colour after the shift: an occlusion that asks for zeros is not invariant.
        Assert.InRange(Change("occlusion"), 0.02, double.MaxValue);

        double Change(string name)
        {
            var (map, again) = (Map(workers, model, pixels, name), Map(workers, shifted, moved, name));
            return ShiftLikeness.Of(map, again, [0], [0]).Difference;
        }
    }

    [Fact]
    public void Worked_by_hand()
    {
        var likeness = ShiftLikeness.Of(
            Perturbation.Pictures.Map(2, 2, 1, -4, 2, 3), Perturbation.Pictures.Map(2, 2, 1, -4, 3, 2), [1, 2], [1.5f, 2]);
        Assert.Equal(0.25, likeness.Difference, 1e-12);
        Assert.Equal(0.5, likeness.ScoreDifference, 1e-12);
        Assert.Equal(0.8, likeness.Correlation, 1e-12);
        var constant = Perturbation.Pictures.Map(2, 2, 1, 1, 1, 1);
        Assert.Equal(new ShiftLikeness(1, 0, 0), ShiftLikeness.Of(constant, constant, [0], [0]));
    }

    private static Activation<float> Pixels(IVisionModel model, int seed)
    {
        var grid = model.Grid;
        var values = TinyVim.RandomActivation(1, grid.Channels * grid.ImageHeight, grid.ImageWidth, seed);
        return Activation<float>.Of(Array.ConvertAll(values.Buffer, value => (float)value), 1, values.Length, values.Width);
    }

    private static float[] Scores(Workers workers, IVisionModel model, Activation<float> pixels)
    {
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        return model.Forward(tape, pixels).Logits.Data.ToArray();
    }

    private static RelevanceMap<float> Map(Workers workers, IVisionModel model, Activation<float> pixels, string name)
    {
        using var trace = model.Forward(new Tape<float>(workers, new BufferPool<float>(), isRecording: true), pixels);
        using var decision = new Decision<float>(trace, [0]);
        return AttributionMethods.Find(name, model.Shape).Explain(decision, model, new() { Samples = 3 })[0];
    }
}
