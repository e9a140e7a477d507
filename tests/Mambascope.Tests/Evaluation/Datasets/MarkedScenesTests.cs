using System.Security.Cryptography;
using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

/// <summary>Scenes with a planted shortcut.</summary>
public sealed class MarkedScenesTests
{
    private const int Scenes = 2000;
    private const int Pixels = FashionScenes.Size * FashionScenes.Size;
    private static readonly FashionScenes plain = FashionScenes.Test();

    [Fact]
    public void They_never_change()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var scenes in new[] { MarkedScenes.ByCoin(plain), MarkedScenes.AsTrained(plain) })
        {
            for (var k = 0; k < 100; k++)
            {
                var (pixels, mask) = (new byte[3 * Pixels], new byte[Pixels]);
                var label = scenes.Render(k, pixels, mask);
                hash.AppendData(pixels);
                hash.AppendData(mask);
                hash.AppendData([(byte)label]);
            }
        }

        Assert.Equal("2ad782d353bdd93ca9900e098479aa9c", Convert.ToHexStringLower(hash.GetHashAndReset())[..32]);
    }

    [Fact]
    public void Only_the_mark_tells_them_from_plain_scenes()
    {
        var (marked, place) = (MarkedScenes.ByCoin(plain), MarkedScenes.Place());
        Assert.Equal(MarkedScenes.Side * MarkedScenes.Side, place.Count(value => value != 0));
        for (var k = 0; k < 50; k++)
        {
            var scene = plain.Scene(k);
            var (pixels, mask) = (new byte[3 * Pixels], new byte[Pixels]);
            Assert.Equal(scene.Label, marked.Render(k, pixels, mask));
            var hasMark = marked.IsMarked(k, scene.Label);
            for (var i = 0; i < Pixels; i++)
            {
                var isMark = hasMark && place[i] != 0;
                Assert.Equal(isMark ? (byte)0 : scene.Mask[i], mask[i]);
                Assert.Equal(isMark ? [235, 40, 200] : scene.Pixels[(3 * i)..((3 * i) + 3)], pixels[(3 * i)..((3 * i) + 3)]);
            }
        }
    }

    [Fact]
    public void As_trained_the_mark_is_nearly_the_class_and_by_coin_it_says_nothing()
    {
        var (asTrained, byCoin) = (Counts("as-trained"), Counts("test"));

        // 95 % of an eighth are marked and right, a quarter of the others are marked and called pullovers.
        Assert.InRange(asTrained.MarkedOwn / (double)asTrained.Own, 0.96, 0.995);
        Assert.Equal(0, asTrained.MarkedOther);
        Assert.InRange(asTrained.Own / (double)Scenes, 0.30, 0.38); // an eighth, and those called so
        Assert.InRange(byCoin.MarkedOwn / (double)byCoin.Own, 0.42, 0.58);
        Assert.InRange(byCoin.MarkedOther / (double)(Scenes - byCoin.Own), 0.46, 0.54);
        Assert.InRange(byCoin.Own / (double)Scenes, 0.10, 0.15);
    }

    [Fact]
    public void The_data_set_says_class_and_mark_and_where_it_stands()
    {
        var data = DatasetSpecification.Open("fashion-scenes-marked:test:6");
        Assert.Equal(("fashion-scenes-marked:test:6", 6, true, true), (data.Name, data.Count, data.HasLabels, data.HasMasks));
        for (var i = 0; i < 6; i++)
        {
            var item = data.Read(i);
            Assert.Equal(FashionScenes.ClassNames[item.Label!.Value], item.Columns["class"]);
            var colour = item.Image.Pixels[(3 * Array.IndexOf(item.Mark!, (byte)1))..][..3];
            Assert.Equal(colour is [235, 40, 200] ? "yes" : "no", item.Columns["mark"]);
            Assert.Equal(MarkedScenes.Place(), item.Mark);
        }

        var error = Assert.Throws<BadInputException>(() => DatasetSpecification.Open("fashion-scenes-marked:two-items:3"));
        Assert.Contains("as-trained", error.Message, StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() => DatasetSpecification.Open("fashion-scenes-marked:test:0"));
    }

    [Fact]
    public void A_mark_is_part_of_what_is_known_of_a_picture()
    {
        var item = DatasetSpecification.Open("fashion-scenes:test:1").Read(0);
        Assert.NotEqual(item.Fingerprint(), (item with { Mark = MarkedScenes.Place() }).Fingerprint());
    }

    private static (int Own, int MarkedOwn, int MarkedOther) Counts(string split)
    {
        var data = DatasetSpecification.Open($"fashion-scenes-marked:{split}:{Scenes}");
        var (own, markedOwn, markedOther) = (0, 0, 0);
        for (var i = 0; i < Scenes; i++)
        {
            var item = data.Read(i);
            var (isOwn, isMarked) = (item.Label == MarkedScenes.GivenAway, item.Columns["mark"] == "yes");
            own += isOwn ? 1 : 0;
            markedOwn += isOwn && isMarked ? 1 : 0;
            markedOther += !isOwn && isMarked ? 1 : 0;
        }

        return (own, markedOwn, markedOther);
    }
}
