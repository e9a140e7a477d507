namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// The picture while it is painted: RGB as float32 in 0..255, (56, 56, 3). Background texture first, then distractors,
/// then garments, then noise over everything and rounding to bytes. Float32 with + - * / only: .NET never contracts these
/// into fused operations, so the bytes are the same on every machine.
/// </summary>
internal readonly ref struct SceneCanvas(Span<float> pixels)
{
    public const int Size = FashionScenes.Size;
    public const int Values = Size * Size * 3;

    private readonly Span<float> _pixels = pixels;

    /// <summary>A base colour plus a coarse and a finer grid of random offsets per colour, bilinearly interpolated.</summary>
    public void PaintTexture(ref SplitMix64 random)
    {
        Span<float> colour = [random.Between(45, 210), random.Between(45, 210), random.Between(45, 210)];
        for (var i = 0; i < Values; i += 3)
        {
            colour.CopyTo(_pixels.Slice(i, 3));
        }

        AddGrid(ref random, 3, 55);
        AddGrid(ref random, 7, 22);
    }

    /// <summary>One colour everywhere.</summary>
    public void Fill(ReadOnlySpan<float> tint, float shade)
    {
        for (var i = 0; i < Values; i++)
        {
            _pixels[i] = tint[i % 3] * shade;
        }
    }

    /// <summary>
    /// Blends the part of a patch inside <paramref name="crop"/> over the picture. Opacity and shade come from the grey value;
    /// bright cloth takes the full tint, dark cloth 35 % of it.
    /// </summary>
    public void Blend(GarmentPatch patch, Box crop, int x0, int y0, ReadOnlySpan<float> tint)
    {
        for (var y = crop.Top; y < crop.Bottom; y++)
        {
            for (var x = crop.Left; x < crop.Right; x++)
            {
                var grey = patch.Grey[(y * patch.Side) + x];
                if (grey <= 0f)
                {
                    continue;
                }

                var opacity = GarmentPatch.Opacity(grey);
                var shade = Shade(grey);
                var at = _pixels.Slice((((y + y0) * Size) + x + x0) * 3, 3);
                for (var c = 0; c < 3; c++)
                {
                    at[c] += ((tint[c] * shade) - at[c]) * opacity;
                }
            }
        }
    }

    /// <summary>
    /// Draws tints until the garment stands out from what lies beneath it (mean over its mask: a difference of 45 in
    /// luminance, or of 110 in colour with 20 in luminance); after twelve tries white on dark, dark on bright.
    /// </summary>
    public void ChooseTint(GarmentPatch patch, int x0, int y0, ref SplitMix64 random, Span<float> tint)
    {
        float red = 0, green = 0, blue = 0, shade = 0;
        var count = 0;
        var box = patch.InkBox;
        for (var y = box.Top; y < box.Bottom; y++)
        {
            for (var x = box.Left; x < box.Right; x++)
            {
                var grey = patch.Grey[(y * patch.Side) + x];
                if (!GarmentPatch.InMask(grey))
                {
                    continue;
                }

                var at = (((y + y0) * Size) + x + x0) * 3;
                red += _pixels[at];
                green += _pixels[at + 1];
                blue += _pixels[at + 2];
                shade += Shade(grey);
                count++;
            }
        }

        var scale = 1f / Math.Max(count, 1);
        (red, green, blue, shade) = (red * scale, green * scale, blue * scale, shade * scale);
        for (var attempt = 0; attempt < 12; attempt++)
        {
            DrawTint(ref random, tint);
            var (dr, dg, db) = ((tint[0] * shade) - red, (tint[1] * shade) - green, (tint[2] * shade) - blue);
            var luminance = Luminance(dr, dg, db);
            luminance *= luminance;
            if (luminance >= 45 * 45 || (luminance >= 20 * 20 && (dr * dr) + (dg * dg) + (db * db) >= 110 * 110))
            {
                return;
            }
        }

        tint.Fill(Luminance(red, green, blue) < 110 ? 255 : 40);
    }

    /// <summary>A tint with one channel at 150 or more, so that shading stays visible.</summary>
    public static void DrawTint(ref SplitMix64 random, Span<float> tint)
    {
        for (var c = 0; c < 3; c++)
        {
            tint[c] = random.Between(50, 255);
        }

        var strongest = random.Below(3);
        tint[strongest] = Math.Max(tint[strongest], random.Between(150, 255));
    }

    /// <summary>Adds noise (sum of two uniform bytes: triangular, mild tails) and rounds to 0..255, (56, 56, 3).</summary>
    public void Finish(ref SplitMix64 random, Span<byte> pixels)
    {
        // The sum of two uniform bytes has a standard deviation of sqrt((256^2 - 1) / 6) = 104.51.
        var scale = random.Between(2, 6) * (1f / 104.51f);
        for (var i = 0; i < Values; i += 4)
        {
            var bits = random.Next();
            for (var j = i; j < i + 4; j++, bits >>= 16)
            {
                var noise = (int)(bits & 0xff) + (int)((bits >> 8) & 0xff) - 255;
                var value = _pixels[j] + (noise * scale) + 0.5f;
                pixels[j] = (byte)Math.Clamp((int)Math.Max(value, 0f), 0, 255);
            }
        }
    }

    /// <summary>How much of its tint a garment shows on average.</summary>
    public static float MeanShade(GarmentPatch patch)
    {
        var (sum, count) = (0f, 0);
        foreach (var grey in patch.Grey)
        {
            if (GarmentPatch.InMask(grey))
            {
                sum += Shade(grey);
                count++;
            }
        }

        return sum / Math.Max(count, 1);
    }

    private static float Shade(float grey) => 0.35f + (grey * (0.65f / 255f));

    private static float Luminance(float red, float green, float blue) => ((0.3f * red) + (0.6f * green)) + (0.1f * blue);

    // cells x cells bilinear patches over the canvas, knots uniform in -amplitude..amplitude per colour.
    private void AddGrid(ref SplitMix64 random, int cells, float amplitude)
    {
        var knots = cells + 1;
        Span<float> rows = stackalloc float[knots * Size * 3];
        Span<float> knot = stackalloc float[knots * 3];
        var step = cells / (float)Size;
        for (var k = 0; k < knots; k++)
        {
            for (var i = 0; i < knot.Length; i++)
            {
                knot[i] = random.Between(-amplitude, amplitude);
            }

            for (var x = 0; x < Size; x++)
            {
                var at = (x + 0.5f) * step;
                var cell = (int)at;
                var fraction = at - cell;
                for (var c = 0; c < 3; c++)
                {
                    var left = knot[(cell * 3) + c];
                    rows[(((k * Size) + x) * 3) + c] = left + ((knot[(cell * 3) + 3 + c] - left) * fraction);
                }
            }
        }

        const int width = Size * 3;
        for (var y = 0; y < Size; y++)
        {
            var at = (y + 0.5f) * step;
            var cell = (int)at;
            var fraction = at - cell;
            var above = rows.Slice(cell * width, width);
            var below = rows.Slice((cell + 1) * width, width);
            var target = _pixels.Slice(y * width, width);
            for (var i = 0; i < target.Length; i++)
            {
                target[i] += above[i] + ((below[i] - above[i]) * fraction);
            }
        }
    }
}
