using System.Security.Cryptography;
using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class FashionScenesTests
{
    private const int Size = FashionScenes.Size;

    // The test garments stand in for the training garments, which are not in the repository.
    private static readonly FashionScenes Train = FashionScenes.Train(FashionMnist.Test);
    private static readonly FashionScenes Validation = FashionScenes.Validation(FashionMnist.Test);
    private static readonly FashionScenes Test = FashionScenes.Test();

    [Fact]
    public void Train_scenes_never_change() => AssertHash("5a6f28c386dbdbb9348677a71db6f3e9", Train.Scene);

    [Fact]
    public void Validation_scenes_never_change() => AssertHash("727cb4eedb85ef9da6258e9582d6852e", Validation.Scene);

    [Fact]
    public void Test_scenes_never_change() => AssertHash("508c673afc451ae0576915c06b600b98", Test.Scene);

    [Fact]
    public void Test_scenes_of_another_seed_are_others_and_never_change()
        => AssertHash("695ff0a81884ffffe021b229fc90789d", FashionScenes.Test(seed: 7).Scene);

    [Fact]
    public void Two_item_scenes_never_change()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var k = 0; k < 100; k++)
        {
            var scene = Test.TwoItem(k);
            hash.AppendData(scene.Pixels);
            hash.AppendData(scene.FirstMask);
            hash.AppendData(scene.SecondMask);
            hash.AppendData([(byte)scene.FirstLabel, (byte)scene.SecondLabel]);
        }

        Assert.Equal("5e6a60b8f0e4273eac5f90307f4d4c70", Digest(hash));
    }

    [Fact]
    public void A_scene_does_not_depend_on_the_order_of_drawing_or_the_thread()
    {
        var inOrder = Enumerable.Range(0, 64).Select(k => Test.Scene(k)).ToArray();
        Parallel.For(0, 64, k =>
        {
            var scene = Test.Scene(63 - k);
            Assert.Equal(inOrder[63 - k].Pixels, scene.Pixels);
            Assert.Equal(inOrder[63 - k].Mask, scene.Mask);
        });
    }

    [Fact]
    public void The_mask_is_where_the_garments_opacity_is_at_least_half()
    {
        // Opacity again by another way: bilinear interpolation in double, straight from the 28 x 28 picture.
        var undecided = 0;
        for (var k = 0; k < 300; k++)
        {
            var (scene, placement) = (Train.Scene(k), Train.PlacementOf(k));
            var garment = FashionMnist.Test.Image(placement.Garment).ToArray();
            double At(int y, int x) => y is < 0 or > 27 || x is < 0 or > 27 ? 0 : garment[(y * 28) + (placement.Flip ? 27 - x : x)];
            for (var y = 0; y < Size; y++)
            {
                for (var x = 0; x < Size; x++)
                {
                    var (sy, sx) = (((y - placement.Y + 0.5) / placement.Scale) - 0.5, ((x - placement.X + 0.5) / placement.Scale) - 0.5);
                    var (iy, ix) = ((int)Math.Floor(sy), (int)Math.Floor(sx));
                    var (fy, fx) = (sy - iy, sx - ix);
                    var grey =
                        ((1 - fy) * (((1 - fx) * At(iy, ix)) + (fx * At(iy, ix + 1))))
                        + (fy * (((1 - fx) * At(iy + 1, ix)) + (fx * At(iy + 1, ix + 1))));
                    if (Math.Abs(grey - 32) < 1e-3)
                    {
                        undecided++;
                    }
                    else
                    {
                        Assert.True(
                            (grey >= 32) == (scene.Mask[(y * Size) + x] == 1),
                            $"scene {k}, pixel ({y},{x}): grey {grey:R}, mask {scene.Mask[(y * Size) + x]}");
                    }
                }
            }
        }

        Assert.True(undecided < 300, $"{undecided} pixels too close to the threshold to judge");
    }

    [Fact]
    public void Garments_stay_inside_the_canvas_and_are_of_sensible_size()
    {
        for (var k = 0; k < 2_000; k++)
        {
            var scene = Test.Scene(k);
            var area = 0;
            for (var i = 0; i < scene.Mask.Length; i++)
            {
                Assert.InRange(scene.Mask[i], 0, 1);
                area += scene.Mask[i];
                var (y, x) = (i / Size, i % Size);
                if (y is 0 or Size - 1 || x is 0 or Size - 1)
                {
                    Assert.True(scene.Mask[i] == 0, $"scene {k}: garment touches the edge at ({y},{x})");
                }
            }

            Assert.True(area is >= 20 and <= 37 * 37, $"scene {k}: mask of {area} pixels");
        }
    }

    [Fact]
    public void The_label_is_the_garments_class_and_classes_are_equally_likely()
    {
        const int scenes = 16_000;
        var counts = new int[FashionScenes.ClassNames.Count];
        Assert.Equal(8, counts.Length);
        for (var k = 0; k < scenes; k++)
        {
            var placement = Test.PlacementOf(k);
            Assert.Equal(FashionMnist.ClassNames[FashionMnist.Test.Label(placement.Garment)], FashionScenes.ClassNames[placement.Label]);
            Assert.InRange(placement.Scale, 0.8f, 1.3f);
            Assert.False(placement.Flip, "test garments are never mirrored");
            counts[placement.Label]++;
        }

        for (var c = 0; c < 8; c++)
        {
            Assert.True(Math.Abs(counts[c] - 2_000) < 5 * 42, $"class {c} drawn {counts[c]} times of {scenes}; a standard deviation is 42");
        }

        Assert.Equal(Test.Scene(5).Label, Test.PlacementOf(5).Label);
    }

    [Fact]
    public void Train_and_validation_share_no_garment_and_only_training_mirrors()
    {
        var mirrored = 0;
        for (var k = 0; k < 4_000; k++)
        {
            var (train, validation) = (Train.PlacementOf(k), Validation.PlacementOf(k));
            Assert.InRange(train.Garment, 0, 4_999);
            Assert.InRange(validation.Garment, 5_000, 9_999);
            Assert.False(validation.Flip);
            var shoe = FashionScenes.ClassNames[train.Label] is "Sandal" or "Sneaker" or "Ankle boot";
            Assert.False(shoe && train.Flip, "shoes are never mirrored");
            mirrored += train.Flip ? 1 : 0;
        }

        Assert.InRange(mirrored, 1_100, 1_400); // half of five eighths
    }

    [Fact]
    public void The_garment_stands_out_from_its_surroundings()
    {
        // Mean colour on the mask against the ring of background around it, as an eye would see it.
        var faint = 0;
        for (var k = 0; k < 500; k++)
        {
            var scene = Test.Scene(k);
            var (on, around) = (new double[3], new double[3]);
            var (onCount, aroundCount) = (0, 0);
            for (var y = 2; y < Size - 2; y++)
            {
                for (var x = 2; x < Size - 2; x++)
                {
                    var inside = scene.Mask[(y * Size) + x] == 1;
                    var near =
                        scene.Mask[((y - 2) * Size) + x]
                            + scene.Mask[((y + 2) * Size) + x]
                            + scene.Mask[(y * Size) + x - 2]
                            + scene.Mask[(y * Size) + x + 2]
                        > 0;
                    if (!inside && !near)
                    {
                        continue;
                    }

                    for (var c = 0; c < 3; c++)
                    {
                        (inside ? on : around)[c] += scene.Pixels[(((y * Size) + x) * 3) + c];
                    }

                    (onCount, aroundCount) = inside ? (onCount + 1, aroundCount) : (onCount, aroundCount + 1);
                }
            }

            var distance = Math.Sqrt(Enumerable.Range(0, 3).Sum(c => Math.Pow((on[c] / onCount) - (around[c] / aroundCount), 2)));
            faint += distance < 30 ? 1 : 0;
        }

        Assert.True(faint <= 10, $"{faint} of 500 garments are within 30 of 255 of their surroundings");
    }

    [Fact]
    public void Two_items_have_different_classes_and_disjoint_boxes()
    {
        var labels = new int[8];
        for (var k = 0; k < 2_000; k++)
        {
            var scene = Test.TwoItem(k);
            Assert.NotEqual(scene.FirstLabel, scene.SecondLabel);
            labels[scene.FirstLabel]++;
            labels[scene.SecondLabel]++;
            var (a, b) = (BoxOf(scene.FirstMask), BoxOf(scene.SecondMask));
            Assert.True(a.Overlap(b) == 0, $"scene {k}: {a} and {b} overlap");
        }

        Assert.All(labels, count => Assert.InRange(count, 380, 620));
    }

    [Fact]
    public void Rendering_fills_every_byte_it_is_given()
    {
        var scene = Test.Scene(3);
        var (pixels, mask) = (new byte[Size * Size * 3], new byte[Size * Size]);
        Array.Fill(pixels, (byte)99);
        Array.Fill(mask, (byte)99);
        Assert.Equal(scene.Label, Test.Render(3, pixels, mask));
        Assert.Equal(scene.Pixels, pixels);
        Assert.Equal(scene.Mask, mask);
        Assert.Throws<ArgumentOutOfRangeException>(() => Test.Render(-1, pixels, mask));
        Assert.Throws<ArgumentOutOfRangeException>(() => Test.Render(0, mask, mask));
    }

    [Fact]
    public void The_real_training_garments_give_the_same_scenes_everywhere()
    {
        Assert.SkipUnless(Directory.Exists(FashionMnist.DebianFolder), "needs Debian's package dataset-fashion-mnist");
        var train = FashionMnist.Train();
        Assert.Equal(60_000, train.Count);
        AssertHash("00b8ecc63ef7f1f136ffa5ded7cf8520", FashionScenes.Train(train).Scene);
        AssertHash("343b3d3844f7bd8ea55a06d8b0fdb344", FashionScenes.Validation(train).Scene);
    }

    private static Box BoxOf(byte[] mask)
    {
        var on = Enumerable.Range(0, mask.Length).Where(i => mask[i] == 1).ToArray();
        return new Box(on.Min(i => i % Size), on.Min(i => i / Size), on.Max(i => i % Size) + 1, on.Max(i => i / Size) + 1);
    }

    private static void AssertHash(string expected, Func<long, FashionScene> sceneAt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var k = 0; k < 100; k++)
        {
            var scene = sceneAt(k);
            hash.AppendData(scene.Pixels);
            hash.AppendData(scene.Mask);
            hash.AppendData([(byte)scene.Label]);
        }

        Assert.Equal(expected, Digest(hash));
    }

    // Half a SHA-256 is plenty, and short enough that a failing test prints it whole.
    private static string Digest(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
}
