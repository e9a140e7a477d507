using Mambascope.Imaging;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class MatrixPlotTests
{
    [Fact]
    public void Cells_have_the_colours_of_their_values_and_row_0_is_on_top()
    {
        float[] values = [0, 1, 2, 3];
        var image = new MatrixPlot(values, 2, 2, "two by two") { PlotSide = 100, PixelsPerUnit = 1, ClipQuantile = 1 }.Render();
        foreach (var (cell, value) in values.Index())
        {
            var (red, green, blue) = ColorMap.Viridis.At(value / 3);
            var pixels = Count(image, [red, green, blue]);
            Assert.True(pixels >= 50 * 50, $"cell {cell}: {pixels} pixels of its colour");
        }

        var lowest = ColorMap.Viridis.At(0);
        var highest = ColorMap.Viridis.At(1);
        Assert.True(
            FirstRow(image, [lowest.Red, lowest.Green, lowest.Blue], 50) < FirstRow(image, [highest.Red, highest.Green, highest.Blue], 50));
    }

    [Fact]
    public void Signed_matrices_are_centred_on_zero_and_the_bar_says_so()
    {
        var scale = MapScale.Of([-1, 0, 4], new() { ColorsWithoutSign = ColorMap.Viridis, ClipQuantile = 1 });
        Assert.Same(ColorMap.Diverging, scale.Colors);
        Assert.Equal((-4, 4), (scale.Minimum, scale.Maximum));
        Assert.Equal(0.5f, scale.Position(0));
        Assert.Contains((0.5, "0"), scale.Labels());
        Assert.Same(ColorMap.Viridis, MapScale.Of([0, 1, 4], new() { ColorsWithoutSign = ColorMap.Viridis }).Colors);

        // In the picture: entries of 0 have the middle colour, those of opposite values its two sides.
        var image = new MatrixPlot([-1, 0, 1, 0], 2, 2, "x") { PlotSide = 100, PixelsPerUnit = 1, ClipQuantile = 1 }.Render();
        foreach (var (value, cells) in new[] { (-1, 1), (0, 2), (1, 1) })
        {
            var (red, green, blue) = ColorMap.Diverging.At((1 + value) / 2f);
            Assert.True(Count(image, [red, green, blue]) >= cells * 50 * 50, $"{value}");
        }
    }

    [Fact]
    public void Clipping_is_said_on_the_bar()
    {
        var values = Enumerable.Repeat(1f, 99).Append(50f).ToArray();
        var clipped = MapScale.Of(values, new() { ClipQuantile = 0.99 });
        Assert.Equal(1, clipped.Maximum);
        Assert.Contains(clipped.Labels(), label => label.Label is "≥ 1");
        Assert.Contains(MapScale.Of(values, new() { ClipQuantile = 1 }).Labels(), label => label.Label is "50");
    }

    [Fact]
    public void Constant_zero_empty_and_unfinite_matrices_have_a_scale()
    {
        foreach (var values in new float[][] { [0, 0], [3, 3], [-2, -2], [float.NaN, float.PositiveInfinity] })
        {
            var scale = MapScale.Of(values, new() { ClipQuantile = 0.99 });
            Assert.True(
                scale.Maximum > scale.Minimum && double.IsFinite(scale.Maximum - scale.Minimum), $"{scale.Minimum}..{scale.Maximum}");
            Assert.True(
                new MatrixPlot([.. values, .. values], 2, 2, "flat") { PixelsPerUnit = 1, PlotSide = 50 }
                    .Render()
                    .Width > 50);
        }
    }

    [Fact]
    public void Blocks_keep_the_largest_or_the_mean()
    {
        float[] values = [1, -5, 2, 0, 3, 4, float.NaN, 7, 8];
        Assert.Equal([-5f, 4f, 7f, 8f], Blocks.Reduce(values, 3, 3, 2, BlockReduction.Largest));
        Assert.Equal([-0.25f, 3f, 7f, 8f], Blocks.Reduce(values, 3, 3, 2, BlockReduction.Mean));
        Assert.True(float.IsNaN(Blocks.Reduce([float.NaN, float.NaN, float.NaN, float.NaN], 2, 2, 2, BlockReduction.Mean)[0]));
    }

    [Fact]
    public void A_large_matrix_stays_a_small_picture_and_says_so()
    {
        const int L = 1500;
        var values = new float[L * L];
        for (var i = 0; i < L; i++)
        {
            values[(i * L) + i] = 1;
        }

        var image = new MatrixPlot(values, L, L, "long") { PixelsPerUnit = 1 }.Render();
        Assert.True(image.Width < 700 && image.Height < 700, $"{image.Width}x{image.Height}");
        var taller = image.Height - new MatrixPlot(new float[375 * 375], 375, 375, "short") { PixelsPerUnit = 1 }.Render().Height;
        Assert.InRange(taller, 10, 30); // the line that names the reduction

        // The diagonal survives the reduction: 375 pixels of the highest colour.
        var top = ColorMap.Viridis.At(1);
        Assert.True(Count(image, [top.Red, top.Green, top.Blue]) >= 375);
    }

    [Fact]
    public void Axes_title_and_mark_are_drawn()
    {
        var values = Enumerable.Range(0, 197 * 197).Select(i => (float)(i % 13)).ToArray();
        var plain = new MatrixPlot(values, 197, 197, "Hidden attention, layer 5");
        var marked = plain with { MarkedToken = 98 };
        Assert.True(SheetTests.InkOf(plain.Render(), 56, 30, 700, 60) > 300, "no title");
        Assert.NotEqual(plain.Render().Height, marked.Render().Height);
        Assert.Equal(marked.Render().Pixels, marked.Render().Pixels);
    }

    [Fact]
    public void Tokens_with_names_have_them_on_both_axes_where_there_is_room()
    {
        var plain = new MatrixPlot([.. Enumerable.Range(0, 16).Select(i => (float)i)], 4, 4, "x");
        var named = (plain with { TokenLabels = ["The", "keys", "to", "the cabinet"] }).Render();
        Assert.True(named.Height > plain.Render().Height && named.Width > plain.Render().Width, "no room was made for names");
        var many = new MatrixPlot(new float[200 * 200], 200, 200, "x");
        Assert.Equal(many.Render().Pixels, (many with { TokenLabels = [.. Enumerable.Repeat("word", 200)] }).Render().Pixels);
        Assert.Contains(
            "label",
            Assert.Throws<BadInputException>(() => (plain with { TokenLabels = ["one"] }).Render()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<BadInputException>(() => new MatrixPlot([1, 2, 3], 2, 2, "x").Render());
        Assert.Throws<BadInputException>(() => new MatrixPlot([1, 2, 3, 4], 2, 2, "x") { MarkedToken = 2 }.Render());
        Assert.Throws<BadInputException>(() => new MatrixPlot([1, 2, 3, 4], 2, 2, "x") { ClipQuantile = 0 }.Render());
    }

    private static int Count(Mambascope.Inputs.Images.RgbImage image, byte[] color)
        => image.Pixels.Chunk(3).Count(p => p.AsSpan().SequenceEqual(color));

    private static int FirstRow(Mambascope.Inputs.Images.RgbImage image, byte[] color, int atLeast) =>
        Enumerable
            .Range(0, image.Height)
            .First(y => image.Row(y).ToArray().Chunk(3).Count(p => p.AsSpan().SequenceEqual(color)) >= atLeast);
}
