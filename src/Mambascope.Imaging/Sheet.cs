using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>
/// A picture of labelled panels side by side: a title, then the input and its maps, each with a caption and a colour bar.
/// </summary>
/// <param name="Title">The first line: what is explained.</param>
/// <param name="Panels">The pictures, left to right, then row by row.</param>
public sealed record Sheet(string Title, IReadOnlyList<SheetPanel> Panels)
{
    private const float Gap = 22;
    private const float BarThickness = 8;
    private const float SharedBarWidth = 76;
    private const int FooterLines = 4;

    /// <summary>The second line, in a lighter tone.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The last lines: a remark or a source.</summary>
    public string? Footer { get; init; }

    /// <summary>Panels in a row.</summary>
    public int Columns { get; init; } = 4;

    /// <summary>
    /// The longer side of a panel's picture in layout units; small pictures enlarged in whole pixels may fall a little short.
    /// </summary>
    public int PanelSide { get; init; } = 280;

    /// <summary>Pixels per layout unit: 2 is sharp on today's screens and in print, 1 makes small files.</summary>
    public float PixelsPerUnit { get; init; } = 2;

    /// <summary>A heading over each row of panels, from the top; none for a sheet without. Rows beyond the last have none.</summary>
    public IReadOnlyList<SheetRowTitle> RowTitles { get; init; } = [];

    /// <summary>Where the colour scale is shown.</summary>
    public SheetBars Bars { get; init; } = SheetBars.PerPanel;

    /// <summary>Draws the sheet.</summary>
    /// <exception cref="BadInputException">There are no panels, or the sheet would be larger than a picture may be.</exception>
    public RgbImage Render()
    {
        if (Panels.Count == 0)
        {
            throw new BadInputException("sheet: expected at least one panel, found none");
        }

        var letters = new Lettering(PixelsPerUnit);
        var pictures = Panels.Select(panel => panel.Draw(letters.Px(PanelSide))).ToArray();
        var geometry = new Geometry(this, letters, pictures);
        return Canvas.Paint(geometry.Width, geometry.Height, canvas =>
        {
            canvas.Clear(Theme.Background);
            var y = DrawHeading(canvas, letters, geometry);
            for (var first = 0; first < Panels.Count; first += Columns)
            {
                if (first / Columns < RowTitles.Count)
                {
                    RowTitles[first / Columns].Draw(canvas, letters, geometry.Margin, y, geometry.Inner);
                    y += SheetRowTitle.Height(letters);
                }

                for (var i = first; i < Math.Min(first + Columns, Panels.Count); i++)
                {
                    DrawPanel(canvas, letters, geometry, i, pictures[i], y);
                }

                y += geometry.RowHeight + geometry.Gap;
            }

            if (Bars == SheetBars.Shared)
            {
                DrawSharedBar(canvas, letters, geometry);
            }

            for (var i = 0; i < geometry.Footer.Count; i++)
            {
                var top = y - (geometry.Gap / 2f) + (i * letters.Height(Theme.Note));
                letters.Draw(canvas, geometry.Footer[i], geometry.Margin, top, Theme.Note);
            }
        });
    }

    /// <summary>Draws title and subtitle; returns where the panels begin.</summary>
    private static int DrawHeading(SKCanvas canvas, Lettering letters, Geometry geometry)
    {
        var y = geometry.TitleTop;
        foreach (var line in geometry.Title)
        {
            letters.Draw(canvas, line, geometry.Margin, y, Theme.Title);
            y += letters.Height(Theme.Title);
        }

        foreach (var line in geometry.Subtitle)
        {
            letters.Draw(canvas, line, geometry.Margin, y, Theme.Subtitle);
            y += letters.Height(Theme.Subtitle);
        }

        return geometry.PanelsTop;
    }

    private void DrawPanel(SKCanvas canvas, Lettering letters, Geometry geometry, int index, RgbImage picture, int top)
    {
        var panel = Panels[index];
        var left = geometry.Margin + ((index % Columns) * (geometry.CellWidth + geometry.Gap));
        letters.Draw(canvas, letters.Fit(panel.Caption, Theme.Caption, geometry.CellWidth), left, top, Theme.Caption);
        var y = top + letters.Height(Theme.Caption);
        foreach (var line in geometry.Notes[index])
        {
            letters.Draw(canvas, line, left, y, Theme.Note);
            y += letters.Height(Theme.Note);
        }

        var pictureTop = top + geometry.PictureOffset;
        using var bitmap = Canvas.ToBitmap(picture);
        canvas.DrawBitmap(bitmap, left, pictureTop);
        using var frame = new SKPaint { Color = SKColors.Black.WithAlpha(40), Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
        canvas.DrawRect(left + 0.5f, pictureTop + 0.5f, picture.Width - 1, picture.Height - 1, frame);
        if (panel.Map is not { } map)
        {
            return;
        }

        var scale = map.Scale;
        var barTop = pictureTop + geometry.PictureHeight + letters.Px(10);
        if (scale.Degenerate is { } reason)
        {
            letters.Draw(canvas, letters.Fit(reason, Theme.Caution, geometry.CellWidth), left, barTop, Theme.Caution);
        }
        else if (Bars == SheetBars.PerPanel)
        {
            ColorBar.DrawHorizontal(
                canvas, letters, SKRectI.Create(left, barTop, picture.Width, letters.Px(BarThickness)), scale, map.Words);
        }
    }

    private void DrawSharedBar(SKCanvas canvas, Lettering letters, Geometry geometry)
    {
        if (SharedMap() is not { } map)
        {
            return;
        }

        var scale = map.Scale;
        var left = geometry.Margin + (geometry.ColumnCount * (geometry.CellWidth + geometry.Gap));
        var top = geometry.PanelsTop + (RowTitles.Count > 0 ? SheetRowTitle.Height(letters) : 0) + geometry.PictureOffset;
        var box = SKRectI.Create(left, top, letters.Px(12), geometry.PictureHeight);
        ColorBar.DrawVertical(canvas, letters, box, scale, scale.IsSigned ? [(0.5, "0")] : []);
        var (x, line, width) = (box.Right + letters.Px(
            8), letters.Height(Theme.Tick), letters.Px(SharedBarWidth) - box.Width - letters.Px(8));
        var most = letters.Wrap(map.Words?.Most ?? (scale.IsSigned ? "most positive" : "most relevant"), Theme.Tick, width, 3);
        var least = letters.Wrap(
            scale.IsSigned ? map.Words?.Least ?? "most negative"
                : scale.Rule.Range == MapRange.MinMax ? "least relevant"
                : "0",
            Theme.Tick, width, 3);
        for (var i = 0; i < most.Count; i++)
        {
            letters.Draw(canvas, most[i], x, box.Top - letters.Px(2) + (i * line), Theme.Tick);
        }

        for (var i = 0; i < least.Count; i++)
        {
            letters.Draw(canvas, least[i], x, box.Bottom + letters.Px(2) - ((least.Count - i) * line), Theme.Tick);
        }
    }

    /// <summary>
    /// The map whose bar stands for all: one with a sign if there is any, for the colours of the others are its upper half.
    /// </summary>
    private RelevanceLayer? SharedMap()
    {
        var maps = Panels.Select(panel => panel.Map).OfType<RelevanceLayer>().ToArray();
        return maps.FirstOrDefault(map => map.Scale is { IsSigned: true, Degenerate: null }) ?? maps.FirstOrDefault();
    }

    /// <summary>Sizes and places in pixels, from the texts and pictures alone.</summary>
    private sealed class Geometry
    {
        internal Geometry(Sheet sheet, Lettering letters, RgbImage[] pictures)
        {
            Margin = letters.Px(Theme.Margin);
            Gap = letters.Px(Sheet.Gap);
            CellWidth = Math.Max(pictures.Max(picture => picture.Width), letters.Px(120));
            PictureHeight = pictures.Max(picture => picture.Height);
            ColumnCount = Math.Min(sheet.Columns, pictures.Length);
            var shared = sheet.Bars == SheetBars.Shared ? Gap + letters.Px(SharedBarWidth) : 0;
            Inner = (ColumnCount * CellWidth) + ((ColumnCount - 1) * Gap) + shared;
            Width = Inner + (2 * Margin);

            Notes = [.. sheet.Panels.Select(panel => panel.Note is null ? [] : letters.Wrap(panel.Note, Theme.Note, CellWidth, 2))];
            Title = letters.Wrap(sheet.Title, Theme.Title, Inner, 2);
            Subtitle = sheet.Subtitle is null ? [] : letters.Wrap(sheet.Subtitle, Theme.Subtitle, Inner, 2);
            Footer = sheet.Footer is null ? [] : letters.Wrap(sheet.Footer, Theme.Note, Inner, FooterLines);
            TitleTop = Margin - letters.Px(6);
            PanelsTop =
                TitleTop + (Title.Count * letters.Height(Theme.Title)) + (Subtitle.Count * letters.Height(Theme.Subtitle)) + letters.Px(16);
            PictureOffset = letters.Height(Theme.Caption) + (Notes.Max(lines => lines.Count) * letters.Height(Theme.Note)) + letters.Px(6);

            var underneath = 0;
            foreach (var (panel, picture) in sheet.Panels.Zip(pictures))
            {
                underneath = Math.Max(underneath, Underneath(sheet.Bars, letters, panel.Map, picture.Width));
            }

            RowHeight = PictureOffset + PictureHeight + underneath;
            var rows = (pictures.Length + sheet.Columns - 1) / sheet.Columns;
            var footer = Footer.Count == 0 ? 0 : (Footer.Count * letters.Height(Theme.Note)) + (Gap / 2);
            Height =
                PanelsTop
                + (Math.Min(rows, sheet.RowTitles.Count) * SheetRowTitle.Height(letters))
                + (rows * RowHeight)
                + ((rows - 1) * Gap)
                + footer
                + Margin
                - (underneath > 0 ? letters.Px(6) : 0);
        }

        private static int Underneath(SheetBars bars, Lettering letters, RelevanceLayer? map, int width)
        {
            if (map?.Scale is not { } scale)
            {
                return 0;
            }

            return scale.Degenerate is not null ? letters.Px(10) + letters.Height(Theme.Note)
                : bars == SheetBars.PerPanel ? letters.Px(10 + BarThickness) + ColorBar.HeightBelow(letters, scale, map.Words, width)
                : 0;
        }

        internal int Margin { get; }

        internal int Gap { get; }

        internal int CellWidth { get; }

        internal int PictureHeight { get; }

        internal int ColumnCount { get; }

        internal int Inner { get; }

        internal int Width { get; }

        internal int Height { get; }

        internal int TitleTop { get; }

        internal int PanelsTop { get; }

        internal int PictureOffset { get; }

        internal int RowHeight { get; }

        internal List<string>[] Notes { get; }

        internal List<string> Title { get; }

        internal List<string> Subtitle { get; }

        internal List<string> Footer { get; }
    }
}
