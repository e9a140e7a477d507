namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Fashion scenes: small colour pictures made from Fashion-MNIST garments, for training and for measuring explanations.
/// A scene is a pure function of (split, seed, index): the same bytes on every machine, in any order, on any thread.
/// <para>
/// One garment of eight classes (Shirt and Coat are left out: too like T-shirt and Pullover at this size) stands anywhere on a
/// 56 x 56 canvas at 0.8 to 1.3 times its 28 pixels, tinted, over a smooth colour texture with up to two small fragments of
/// other garments and mild noise. The label is the garment's class; the mask is exact because we painted it.
/// </para>
/// <para>
/// In the training split garments other than shoes are mirrored with probability 1/2 (shoes all face the same way in
/// Fashion-MNIST, in every split); the other splits never mirror.
/// </para>
/// <para>
/// Hard scenes (<see cref="SceneStyle.Hard"/>) hide the garment, at 0.9 to 1.8 times its size, in front of shuffled pieces of itself in its
/// own tint: colours and texture do not tell it from the background, only its shape does. Two garments of a scene have one tint.
/// </para>
/// </summary>
public sealed class FashionScenes
{
    /// <summary>Height and width of a scene in pixels.</summary>
    public const int Size = 56;

    /// <summary>Number of garments at the end of the training set that are held out for validation.</summary>
    public const int ValidationGarments = 5_000;

    private const float MinScale = 0.8f;
    private const float MinHardScale = 0.9f;
    private const float MaxTwoItemScale = 1f;
    private const ulong TwoItemStream = 0x100; // added to the split's number
    private const ulong HardStream = 0x1000; // likewise

    // Fashion-MNIST labels of the classes kept, in its order; Coat (4) and Shirt (6) are missing.
    private static readonly int[] Kept = [0, 1, 2, 3, 5, 7, 8, 9];
    private static readonly bool[] Mirrored = [true, true, true, true, false, false, true, false];

    private readonly FashionMnist _garments;
    private readonly int[][] _byClass;
    private readonly ulong _seed;
    private readonly Split _split;
    private readonly bool _isHard;

    private FashionScenes(FashionMnist garments, int first, int end, Split split, ulong seed, SceneStyle style)
    {
        _garments = garments;
        _seed = seed;
        _split = split;
        _isHard = style == SceneStyle.Hard;
        _byClass =
        [
            .. Kept.Select(label => Enumerable.Range(first, Math.Max(0, end - first)).Where(i => garments.Label(i) == label).ToArray()),
        ];
        var empty = Array.FindIndex(_byClass, list => list.Length == 0);
        if (empty >= 0)
        {
            throw new BadInputException(
                $"Fashion-MNIST garments {first} to {end - 1}: expected garments of every class, found no {ClassNames[empty]}; use the "
                    + "complete files");
        }
    }

    // The numbers are part of every scene's random key: never change them.
    private enum Split : ulong
    {
        Train = 1,
        Validation = 2,
        Test = 3,
    }

    /// <summary>Names of the eight classes, indexed by label.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = [.. Kept.Select(label => FashionMnist.ClassNames[label])];

    /// <summary>Scenes from all training garments but the last 5,000.</summary>
    public static FashionScenes Train(FashionMnist train, ulong seed = 0, SceneStyle style = SceneStyle.Plain) =>
        new(train, 0, train.Count - ValidationGarments, Split.Train, seed, style);

    /// <summary>Scenes from the last 5,000 training garments, which <see cref="Train"/> never shows.</summary>
    public static FashionScenes Validation(FashionMnist train, ulong seed = 0, SceneStyle style = SceneStyle.Plain) =>
        new(train, Math.Max(0, train.Count - ValidationGarments), train.Count, Split.Validation, seed, style);

    /// <summary>Scenes from the test garments inside the library; needs no file.</summary>
    public static FashionScenes Test(ulong seed = 0, SceneStyle style = SceneStyle.Plain) =>
        new(FashionMnist.Test, 0, FashionMnist.Test.Count, Split.Test, seed, style);

    /// <summary>Scene <paramref name="index"/> (any number from 0) of this split and seed.</summary>
    public FashionScene Scene(long index)
    {
        var pixels = new byte[Size * Size * 3];
        var mask = new byte[Size * Size];
        var label = Render(index, pixels, mask);
        return new FashionScene(pixels, label, mask);
    }

    /// <summary>
    /// Paints scene <paramref name="index"/> into <paramref name="pixels"/> (56, 56, 3) and <paramref name="mask"/> (56, 56), allocates
    /// nothing and returns the label. Safe to call from many threads.
    /// </summary>
    public int Render(long index, Span<byte> pixels, Span<byte> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Size * Size * 3);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, Size * Size);
        var random = new SplitMix64(_seed, Stream, index);
        Span<float> grey = stackalloc float[GarmentPatch.MaxValues];
        var placement = Place(ref random, grey, out var patch);

        var canvas = new SceneCanvas(stackalloc float[SceneCanvas.Values]);
        if (_isHard)
        {
            Span<float> tint = stackalloc float[3];
            SceneCanvas.DrawTint(ref random, tint);
            canvas.Fill(tint, SceneCanvas.MeanShade(patch));
            ClothBackground.Paint(canvas, ref random, patch, tint);
            BlendGarment(canvas, patch, placement, tint, mask);
            canvas.Finish(ref random, pixels);
            return placement.Label;
        }

        canvas.PaintTexture(ref random);
        var fragments = random.Below(3);
        for (var k = 0; k < fragments; k++)
        {
            PaintFragment(canvas, ref random, placement.Label, patch.InkBox.Shift(placement.X, placement.Y));
        }

        PaintGarment(canvas, ref random, patch, placement, mask);
        canvas.Finish(ref random, pixels);
        return placement.Label;
    }

    /// <summary>
    /// Two-item scene <paramref name="index"/> of this split and seed: two garments at 0.8 to 1.0 of their size, of different
    /// classes, bounding boxes disjoint, no fragments. A sequence of its own, unrelated to <see cref="Scene"/>.
    /// </summary>
    public TwoItemScene TwoItem(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var random = new SplitMix64(_seed, TwoItemStream + Stream, index);
        Span<float> firstGrey = stackalloc float[GarmentPatch.MaxValues];
        Span<float> secondGrey = stackalloc float[GarmentPatch.MaxValues];
        var (first, second) = PlaceTwo(ref random, firstGrey, secondGrey, out var firstPatch, out var secondPatch);

        var pixels = new byte[Size * Size * 3];
        var (firstMask, secondMask) = (new byte[Size * Size], new byte[Size * Size]);
        var canvas = new SceneCanvas(stackalloc float[SceneCanvas.Values]);
        if (_isHard)
        {
            Span<float> tint = stackalloc float[3];
            SceneCanvas.DrawTint(ref random, tint);
            canvas.Fill(tint, (SceneCanvas.MeanShade(firstPatch) + SceneCanvas.MeanShade(secondPatch)) / 2);
            ClothBackground.Paint(canvas, ref random, firstPatch, tint);
            ClothBackground.Paint(canvas, ref random, secondPatch, tint, every: 2);
            BlendGarment(canvas, firstPatch, first, tint, firstMask);
            BlendGarment(canvas, secondPatch, second, tint, secondMask);
        }
        else
        {
            canvas.PaintTexture(ref random);
            PaintGarment(canvas, ref random, firstPatch, first, firstMask);
            PaintGarment(canvas, ref random, secondPatch, second, secondMask);
        }

        canvas.Finish(ref random, pixels);
        return new TwoItemScene(pixels, first.Label, firstMask, second.Label, secondMask);
    }

    private ulong Stream => (ulong)_split + (_isHard ? HardStream : 0);

    /// <summary>Where the garment of a scene stands; the tests rebuild masks from it by another way.</summary>
    internal GarmentPlacement PlacementOf(long index)
    {
        var random = new SplitMix64(_seed, Stream, index);
        return Place(ref random, stackalloc float[GarmentPatch.MaxValues], out _);
    }

    // The garment's ink stays at least one pixel inside the canvas.
    private GarmentPlacement Place(ref SplitMix64 random, Span<float> grey, out GarmentPatch patch)
    {
        var label = random.Below(Kept.Length);
        var garment = _isHard
            ? Draw(ref random, label, MinHardScale, GarmentPatch.MaxHardScale)
            : Draw(ref random, label, MinScale, GarmentPatch.MaxScale);
        patch = GarmentPatch.Resample(_garments.Image(garment.Garment), garment.Scale, garment.Flip, grey);
        var ink = patch.InkBox;
        return garment with
        {
            X = 1 + random.Below(Size - 1 - ink.Width) - ink.Left,
            Y = 1 + random.Below(Size - 1 - ink.Height) - ink.Top,
        };
    }

    private (GarmentPlacement First, GarmentPlacement Second) PlaceTwo(
        ref SplitMix64 random, Span<float> firstGrey, Span<float> secondGrey, out GarmentPatch firstPatch, out GarmentPatch secondPatch)
    {
        var firstLabel = random.Below(Kept.Length);
        var first = Draw(ref random, firstLabel, MinScale, MaxTwoItemScale);
        var second = Draw(ref random, OtherLabel(ref random, firstLabel), MinScale, MaxTwoItemScale);
        firstPatch = GarmentPatch.Resample(_garments.Image(first.Garment), first.Scale, first.Flip, firstGrey);
        secondPatch = GarmentPatch.Resample(_garments.Image(second.Garment), second.Scale, second.Flip, secondGrey);
        var (a, b) = (firstPatch.InkBox, secondPatch.InkBox);

        int ax = 0, ay = 0, bx = 0, by = 0;
        var apart = false;
        for (var attempt = 0; attempt < 24 && !apart; attempt++)
        {
            (ax, ay) = (random.Below(Size + 1 - a.Width), random.Below(Size + 1 - a.Height));
            (bx, by) = (random.Below(Size + 1 - b.Width), random.Below(Size + 1 - b.Height));
            // The first box grown by one, so that the garments do not touch.
            apart = new Box(ax - 1, ay - 1, ax + a.Width + 1, ay + a.Height + 1).Overlap(new Box(bx, by, bx + b.Width, by + b.Height)) == 0;
        }

        if (!apart)
        {
            // Scale 1 is 28 pixels, half the canvas: a half for each always fits.
            const int half = Size / 2;
            var sideBySide = random.Below(2) == 0;
            var swap = random.Below(2) * half;
            (ax, ay) = sideBySide
                ? (swap + random.Below(half + 1 - a.Width), random.Below(Size + 1 - a.Height))
                : (random.Below(Size + 1 - a.Width), swap + random.Below(half + 1 - a.Height));
            (bx, by) = sideBySide
                ? (half - swap + random.Below(half + 1 - b.Width), random.Below(Size + 1 - b.Height))
                : (random.Below(Size + 1 - b.Width), half - swap + random.Below(half + 1 - b.Height));
        }

        return (first with { X = ax - a.Left, Y = ay - a.Top }, second with { X = bx - b.Left, Y = by - b.Top });
    }

    private GarmentPlacement Draw(ref SplitMix64 random, int label, float minScale, float maxScale)
    {
        var garment = _byClass[label][random.Below(_byClass[label].Length)];
        var scale = random.Between(minScale, maxScale);
        var mirror = random.Below(2) == 1; // drawn in every split, so that sequences stay alike
        return new GarmentPlacement(garment, label, scale, mirror && _split == Split.Train && Mirrored[label], 0, 0);
    }

    private static void PaintGarment(
        SceneCanvas canvas, ref SplitMix64 random, GarmentPatch patch, GarmentPlacement placement, Span<byte> mask)
    {
        Span<float> tint = stackalloc float[3];
        canvas.ChooseTint(patch, placement.X, placement.Y, ref random, tint);
        BlendGarment(canvas, patch, placement, tint, mask);
    }

    private static void BlendGarment(
        SceneCanvas canvas, GarmentPatch patch, GarmentPlacement placement, ReadOnlySpan<float> tint, Span<byte> mask)
    {
        canvas.Blend(patch, patch.InkBox, placement.X, placement.Y, tint);
        mask.Clear();
        for (var y = patch.InkBox.Top; y < patch.InkBox.Bottom; y++)
        {
            for (var x = patch.InkBox.Left; x < patch.InkBox.Right; x++)
            {
                if (GarmentPatch.InMask(patch.Grey[(y * patch.Side) + x]))
                {
                    mask[((y + placement.Y) * Size) + x + placement.X] = 1;
                }
            }
        }
    }

    // A piece of 8 to 12 pixels a side, at least half of it cloth, from a garment of another class; at most a quarter of it
    // lies in the garment's box, beneath the garment. Where a few tries find no such piece or place, the scene goes without.
    private void PaintFragment(SceneCanvas canvas, ref SplitMix64 random, int label, Box garmentBox)
    {
        var other = Draw(ref random, OtherLabel(ref random, label), MinScale, GarmentPatch.MaxScale);
        Span<float> grey = stackalloc float[GarmentPatch.MaxValues];
        var patch = GarmentPatch.Resample(_garments.Image(other.Garment), other.Scale, other.Flip, grey);
        var ink = patch.InkBox;
        var (width, height) = (Math.Min(8 + random.Below(5), ink.Width), Math.Min(8 + random.Below(5), ink.Height));
        Span<float> tint = stackalloc float[3];
        SceneCanvas.DrawTint(ref random, tint);

        for (var attempt = 0; attempt < 8; attempt++)
        {
            var left = ink.Left + random.Below(ink.Width + 1 - width);
            var top = ink.Top + random.Below(ink.Height + 1 - height);
            var crop = new Box(left, top, left + width, top + height);
            var (x, y) = (random.Below(Size + 1 - width), random.Below(Size + 1 - height));
            if (new Box(x, y, x + width, y + height).Overlap(garmentBox) * 4 > width * height || !IsHalfCloth(patch, crop))
            {
                continue;
            }

            canvas.Blend(patch, crop, x - left, y - top, tint);
            return;
        }
    }

    private static bool IsHalfCloth(GarmentPatch patch, Box crop)
    {
        var cloth = 0;
        for (var y = crop.Top; y < crop.Bottom; y++)
        {
            for (var x = crop.Left; x < crop.Right; x++)
            {
                cloth += GarmentPatch.InMask(patch.Grey[(y * patch.Side) + x]) ? 1 : 0;
            }
        }

        return cloth * 2 >= crop.Width * crop.Height;
    }

    private static int OtherLabel(ref SplitMix64 random, int label) => (label + 1 + random.Below(Kept.Length - 1)) % Kept.Length;
}

/// <summary>
/// Which garment stands where: its index in Fashion-MNIST, its class here, and the patch's top left corner, which may lie outside the
/// canvas where the patch is empty.
/// </summary>
internal readonly record struct GarmentPlacement(int Garment, int Label, float Scale, bool Flip, int X, int Y);
