using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>A row of a <see cref="MatrixSheet"/>.</summary>
/// <param name="Title">What the row is, for instance a model.</param>
/// <param name="Plots">Its matrices, left to right.</param>
public sealed record MatrixSheetRow(SheetRowTitle Title, IReadOnlyList<MatrixPlot> Plots);

/// <summary>Matrices in labelled rows on one sheet: for instance the attention of two models, layer by layer.</summary>
/// <param name="Title">The first line.</param>
/// <param name="Rows">From the top; each may have another number of plots.</param>
public sealed record MatrixSheet(string Title, IReadOnlyList<MatrixSheetRow> Rows)
{
    private const float Gap = 26;

    /// <summary>The second line, in a lighter tone; up to three lines long.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The longer side of a matrix in layout units, approximately.</summary>
    public int PlotSide { get; init; } = 300;

    /// <summary>Pixels per layout unit.</summary>
    public float PixelsPerUnit { get; init; } = 2;

    /// <summary>Draws the sheet.</summary>
    /// <exception cref="BadInputException">
    /// There are no plots, one cannot be drawn, or the sheet would be larger than a picture may be.
    /// </exception>
    public RgbImage Render()
    {
        if (Rows.Count == 0 || Rows.Any(row => row.Plots.Count == 0))
        {
            throw new BadInputException("matrix sheet: expected at least one plot in every row, found a row or a sheet without");
        }

        var letters = new Lettering(PixelsPerUnit);
        var plots = Rows.Select(row =>
                row.Plots.Select(plot => (plot with { IsPanel = true, PlotSide = PlotSide, PixelsPerUnit = PixelsPerUnit }).Render())
                    .ToArray())
            .ToArray();
        var (margin, gap, cell) = (letters.Px(Theme.Margin), letters.Px(Gap), plots.SelectMany(row => row).Max(plot => plot.Width));
        var columns = plots.Max(row => row.Length);
        var inner = (columns * cell) + ((columns - 1) * gap);
        var (title, subtitle) = (
            letters.Wrap(Title, Theme.Title, inner, 2), Subtitle is null ? [] : letters.Wrap(Subtitle, Theme.Subtitle, inner, 3));
        var head = margin - letters.Px(6);
        var top = head + (title.Count * letters.Height(Theme.Title)) + (subtitle.Count * letters.Height(Theme.Subtitle)) + letters.Px(16);
        var height =
            top + plots.Sum(row => SheetRowTitle.Height(letters) + row.Max(plot => plot.Height)) + ((plots.Length - 1) * gap) + head;
        return Canvas.Paint(inner + (2 * margin), height, canvas =>
        {
            canvas.Clear(Theme.Background);
            var y = head;
            foreach (var (line, style) in title.Select(line => (line, Theme.Title)).Concat(subtitle.Select(line => (line, Theme.Subtitle))))
            {
                letters.Draw(canvas, line, margin, y, style);
                y += letters.Height(style);
            }

            y = top;
            for (var row = 0; row < plots.Length; row++)
            {
                Rows[row].Title.Draw(canvas, letters, margin, y, inner);
                y += SheetRowTitle.Height(letters);
                for (var column = 0; column < plots[row].Length; column++)
                {
                    using var bitmap = Canvas.ToBitmap(plots[row][column]);
                    canvas.DrawBitmap(bitmap, margin + (column * (cell + gap)), y);
                }

                y += plots[row].Max(plot => plot.Height) + gap;
            }
        });
    }
}
