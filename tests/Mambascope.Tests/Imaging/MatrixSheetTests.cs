using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class MatrixSheetTests
{
    [Fact]
    public void Every_plot_stands_in_its_row_under_the_rows_heading()
    {
        var one = Example(1).Render();
        var two = Example(2).Render();
        Assert.Equal(one.Width, two.Width);
        Assert.True(two.Height > 1.8 * one.Height - 200, $"{one.Height} and {two.Height}");

        // The least value fills half of each of the six matrices, but for the dashes through three; the ends of the bars have it too.
        var (red, green, blue) = ColorMap.Viridis.At(0);
        Assert.InRange(Count(two, red, green, blue), (6 * 100 * 100 / 2) - 300, (6 * 100 * 100 / 2) + 600);
        Assert.Equal(two.Pixels, Example(2).Render().Pixels);
    }

    [Fact]
    public void A_sheet_needs_plots()
    {
        Assert.Throws<BadInputException>(() => new MatrixSheet("empty", []).Render());
        Assert.Throws<BadInputException>(() => new MatrixSheet("empty", [new(new("row"), [])]).Render());
    }

    private static MatrixSheet Example(int rows)
        => new(
            "Attention",
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(row => new MatrixSheetRow(
                        new($"model {row}", "hidden attention"),
                        [
                            .. Enumerable
                                .Range(0, 3)
                                .Select(layer => new MatrixPlot([0, 1, 2, 0], 2, 2, $"layer {layer}")
                                {
                                    MarkedToken = row == 0 ? 0 : null,
                                }),
                        ])),
            ])
        {
            PlotSide = 100,
            PixelsPerUnit = 1,
            Subtitle = "how to read it",
        };

    private static int Count(RgbImage image, byte red, byte green, byte blue)
        => image.Pixels.Chunk(3).Count(p => p[0] == red && p[1] == green && p[2] == blue);
}
