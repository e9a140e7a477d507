using Mambascope.Evaluation.Datasets;
using Mambascope.Recipes;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>Scenes with labels drawn by lot.</summary>
public sealed class ShuffledScenesTests
{
    private const int Pixels = FashionScenes.Size * FashionScenes.Size;

    [Fact]
    public void Labels_say_nothing_of_the_garment_and_never_change()
    {
        const int Count = 800;
        var (scenes, set) = (FashionScenes.Test(), new ShuffledScenes(FashionScenes.Test(), Count, seed: 1));
        var (agree, byLabel) = (0, new int[8]);
        for (var i = 0; i < Count; i++)
        {
            var (pixels, mask) = (new byte[3 * Pixels], new byte[Pixels]);
            var label = set.Render(i + Count, pixels, mask); // from its end the first again
            var scene = scenes.Scene(i);
            Assert.Equal(scene.Pixels, pixels);
            Assert.Equal(set.LabelOf(i), label);
            agree += label == scene.Label ? 1 : 0;
            byLabel[label]++;
        }

        Assert.InRange(agree, 70, 130); // an eighth, by chance
        Assert.All(byLabel, count => Assert.InRange(count, 70, 130));
        Assert.NotEqual(
            Enumerable.Range(0, 20).Select(i => set.LabelOf(i)),
            Enumerable.Range(0, 20).Select(i => new ShuffledScenes(scenes, Count, seed: 2).LabelOf(i)));
    }

    [Fact]
    public void Draws_are_of_the_set_with_its_labels()
    {
        const int Count = 5;
        var (scenes, set) = (FashionScenes.Test(), new ShuffledScenes(FashionScenes.Test(), Count, seed: 1));
        var known = Enumerable.Range(0, Count).ToDictionary(i => Convert.ToHexString(scenes.Scene(i).Pixels), i => set.LabelOf(i));
        var drawn = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            var pixels = new byte[3 * Pixels];
            var label = set.Draw(i, pixels, new byte[Pixels]);
            Assert.Equal(known[Convert.ToHexString(pixels)], label);
            drawn.Add(Convert.ToHexString(pixels));
        }

        Assert.Equal(Count, drawn.Count);
    }
}
