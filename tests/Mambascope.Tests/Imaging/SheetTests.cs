using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class SheetTests
{
    private static readonly RgbImage Picture = ImageFileTests.Gradient(56, 56);

    [Fact]
    public void Small_pictures_are_enlarged_and_every_part_is_drawn()
    {
        var image = Example().Render();

        // Four panels of 280 units and three gaps of 22, margins of 28, at 2 pixels per unit.
        Assert.Equal(2 * ((4 * 280) + (3 * 22) + (2 * 28)), image.Width);
        var (white, rows) = (
            InkOf(new RgbImage(1, 1, [255, 255, 255]), 0, 0, 1, 1),
            FirstRowOf(image, [Picture.Pixels[0], Picture.Pixels[1], Picture.Pixels[2]]));
        Assert.Equal(0, white);
        Assert.True(rows > 100, $"the first panel's picture begins at row {rows}");
        Assert.True(InkOf(image, 56, 30, 600, 60) > 300, "no title");
        for (var panel = 0; panel < 4; panel++)
        {
            var left = 56 + (panel * 2 * (280 + 22));
            Assert.True(InkOf(image, left, rows - 70, 400, 60) > 100, $"no caption over panel {panel}");
            Assert.True(panel == 0 || InkOf(image, left, rows + 560 + 20, 560, 16) > 5000, $"no colour bar under panel {panel}");
            Assert.True(panel == 0 || InkOf(image, left, rows + 560 + 40, 150, 30) > 30, $"no number under panel {panel}");
        }

        for (var edge = 0; edge < image.Width; edge++)
        {
            Assert.Equal(255, image.Row(0)[edge * 3]);
        }
    }

    [Fact]
    public void What_the_ends_mean_takes_a_line_under_the_bar()
    {
        float[] map = [.. Enumerable.Range(-98, 196).Select(i => (float)i)];
        var layer = new RelevanceLayer(map, 14, 14) { Options = new() { ClipQuantile = 1 } };
        RgbImage Of(RelevanceLayer map) => new Sheet("t", [new SheetPanel("c", Picture) { Map = map }]) { PixelsPerUnit = 1 }.Render();
        var (plain, named) = (Of(layer), Of(layer with { Words = new("for Sandal", "against Sandal", "logit") }));
        var clipped = Of(layer with { Options = new() });
        Assert.InRange(named.Height - plain.Height, 12, 20);
        Assert.InRange(clipped.Height - plain.Height, 12, 36);

        // Left, middle and right of the new line.
        var top = plain.Height - 28;
        foreach (var left in new[] { 28, 150, 250 })
        {
            Assert.True(InkOf(named, left, top, 40, named.Height - top) > 20, $"nothing at {left}");
        }
    }

    [Fact]
    public void An_outline_follows_the_mask()
    {
        var mask = new byte[4 * 4];
        mask[5] = mask[6] = mask[9] = mask[10] = 1;
        var grey = new RgbImage(40, 40, [.. Enumerable.Repeat((byte)100, 40 * 40 * 3)]);
        var found = MaskOutline.Draw(grey, new(mask, 4, 4));
        Assert.Equal((255, 0, 100, 100), (found.Row(20)[10 * 3], found.Row(20)[9 * 3], found.Row(20)[20 * 3], found.Row(20)[8 * 3]));
        Assert.Equal(grey.Pixels, MaskOutline.Draw(grey, new([1], 1, 1)).Pixels);
        var panel = new SheetPanel("c", Picture);
        Assert.NotEqual(
            new Sheet("t", [panel]) { PixelsPerUnit = 1 }.Render().Pixels,
            new Sheet("t", [panel with { Outline = new(mask, 4, 4) }]) { PixelsPerUnit = 1 }.Render().Pixels);
    }

    [Fact]
    public void Rendering_is_deterministic() => Assert.Equal(Example().Render().Pixels, Example().Render().Pixels);

    [Fact]
    public void Pixels_per_unit_scale_the_sheet()
    {
        var small = (Example() with { PixelsPerUnit = 1 }).Render();
        Assert.Equal((4 * 280) + (3 * 22) + (2 * 28), small.Width);
    }

    [Fact]
    public void Rows_wrap_and_a_shared_bar_takes_room()
    {
        var one = (Example() with { PixelsPerUnit = 1 }).Render();
        var two = (Example() with { PixelsPerUnit = 1, Columns = 2 }).Render();
        Assert.True(two.Width < one.Width && two.Height > one.Height);
        var shared = (Example() with { PixelsPerUnit = 1, Bars = SheetBars.Shared }).Render();
        Assert.True(shared.Width > one.Width && shared.Height < one.Height);
        Assert.True(InkOf(shared, one.Width - 28, 0, shared.Width - one.Width, shared.Height) > 2000, "no shared bar");
    }

    [Fact]
    public void Headings_stand_over_their_rows_and_nowhere_else()
    {
        var plain = (Example() with { PixelsPerUnit = 1, Columns = 2 }).Render();
        var one = (Example() with { PixelsPerUnit = 1, Columns = 2, RowTitles = [new("first", "and more")] }).Render();
        var two = (Example() with { PixelsPerUnit = 1, Columns = 2, RowTitles = [new("first", "and more"), new("second")] }).Render();
        Assert.Equal(plain.Width, two.Width);
        Assert.Equal(two.Height - one.Height, one.Height - plain.Height);
        Assert.InRange(one.Height - plain.Height, 20, 60);
        Assert.True(InkOf(two, 28, plain.Height / 2, 100, one.Height - plain.Height + 60) > 50, "no second heading");
    }

    [Fact]
    public void Degenerate_maps_and_long_or_strange_texts_are_drawn()
    {
        var sheet = new Sheet("A title that is far too long for one narrow panel and must be cut", [
            new SheetPanel("名前 → Δ ‰ 🙂 \u0007\n", Picture) { Note = new string('x', 500), Map = new RelevanceLayer(new float[4], 2, 2) },
            new SheetPanel("", Picture) { Map = new RelevanceLayer([float.NaN, 0, 0, 0], 2, 2) },
        ])
        { PixelsPerUnit = 1, Bars = SheetBars.None, Subtitle = "", Footer = "" };
        var image = sheet.Render();
        Assert.True(image.Height > 280);
        Assert.Throws<BadInputException>(() => new Sheet("nothing", []).Render());
    }

    [Fact]
    public void Large_and_oblong_pictures_fit_the_panel()
    {
        var image = new Sheet("", [new SheetPanel("wide", new RgbImage(2000, 300)), new SheetPanel("tall", new RgbImage(3, 700))])
        {
            PixelsPerUnit = 1,
        }.Render();
        Assert.Equal((2 * 280) + 22 + 56, image.Width);
    }

    private static Sheet Example()
    {
        var map = Enumerable.Range(0, 196).Select(i => MathF.Exp(-(MathF.Pow((i / 14) - 4, 2) + MathF.Pow((i % 14) - 9, 2)) / 9)).ToArray();
        var layer = new RelevanceLayer(map, 14, 14);
        return new Sheet("Sneaker · 97.3 %", [
            new SheetPanel("Input", Picture) { Note = "56 × 56 pixels" },
            new SheetPanel("Raw attention", Picture) { Note = "mean over layers", Map = layer },
            new SheetPanel("Attention rollout", Picture) { Note = "exact", Map = layer },
            new SheetPanel("Mamba-Attribution", Picture) { Note = "exact", Map = layer },
        ])
        { Subtitle = "demo-vim" };
    }

    /// <summary>Pixels in the box that are not nearly white.</summary>
    internal static int InkOf(RgbImage image, int left, int top, int width, int height)
    {
        var count = 0;
        for (var y = Math.Max(top, 0); y < Math.Min(top + height, image.Height); y++)
        {
            for (var x = left; x < Math.Min(left + width, image.Width); x++)
            {
                count += image.Row(y)[x * 3] < 200 || image.Row(y)[(x * 3) + 1] < 200 || image.Row(y)[(x * 3) + 2] < 200 ? 1 : 0;
            }
        }

        return count;
    }

    // The picture's frame darkens its outermost pixel, so its colour is looked for just inside.
    private static int FirstRowOf(RgbImage image, byte[] color)
    {
        for (var y = 0; y < image.Height; y++)
        {
            if (image.Row(y).Slice(60 * 3, 3).SequenceEqual(color))
            {
                return y - 1;
            }
        }

        return -1;
    }
}
