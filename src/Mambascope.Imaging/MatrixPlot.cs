using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>
/// A matrix, such as hidden attention, as a picture: row 0 on top, axes with token numbers, a colour bar with values.
/// Matrices without negative entries get a sequential colour map, others a diverging one centred on 0.
/// </summary>
/// <param name="Values">(Rows, Columns), row by row.</param>
/// <param name="Rows">For attention the query (output) tokens.</param>
/// <param name="Columns">For attention the key (input) tokens.</param>
/// <param name="Title">The first line.</param>
public sealed record MatrixPlot(float[] Values, int Rows, int Columns, string Title)
{
    private const float BarThickness = 14;
    private const float LongestLabel = 90;

    /// <summary>The second line.</summary>
    public string? Subtitle { get; init; }

    /// <summary>Stands left of the rows.</summary>
    public string RowTitle { get; init; } = "query (output) token";

    /// <summary>Stands under the columns.</summary>
    public string ColumnTitle { get; init; } = "key (input) token";

    /// <summary>A token marked in both directions by a dashed line, for instance the class token.</summary>
    public int? MarkedToken { get; init; }

    /// <summary>What the marked token is.</summary>
    public string MarkedTokenName { get; init; } = "class token";

    /// <summary>What the tokens are called, in place of their numbers; drawn where there is room for all of them. One a column.</summary>
    public IReadOnlyList<string>? TokenLabels { get; init; }

    /// <summary>The column that belongs to the first row: rows have the names and numbers of the columns from there on.</summary>
    public int FirstRow { get; init; }

    /// <summary>The colours; null chooses viridis, or the diverging map if there are negative entries.</summary>
    public ColorMap? ColorMap { get; init; }

    /// <summary>
    /// The share of the drawn pixels (of their absolute values) that the colour scale spans; the few above it get its last colour, and the
    /// bar says so. 1 spans all. A near-diagonal matrix would otherwise be one bright line on black.
    /// </summary>
    public double ClipQuantile { get; init; } = 0.99;

    /// <summary>How entries are joined where the matrix is larger than the picture.</summary>
    public BlockReduction Reduction { get; init; } = BlockReduction.Largest;

    /// <summary>The longer side of the matrix in layout units, approximately: cells are whole pixels.</summary>
    public int PlotSide { get; init; } = 480;

    /// <summary>Pixels per layout unit.</summary>
    public float PixelsPerUnit { get; init; } = 2;

    /// <summary>Drawn as a part of a <see cref="MatrixSheet"/>: smaller letters, no margin.</summary>
    internal bool IsPanel { get; init; }

    /// <summary>Draws the plot.</summary>
    /// <exception cref="BadInputException">
    /// The sizes are below 1 or do not fit the values, or the marked token or quantile is out of range.
    /// </exception>
    public RgbImage Render()
    {
        Check();
        var letters = new Lettering(PixelsPerUnit);
        var block = ((Math.Max(Rows, Columns) - 1) / letters.Px(PlotSide)) + 1;
        var (rows, columns) = (((Rows - 1) / block) + 1, ((Columns - 1) / block) + 1);
        var drawn = Blocks.Reduce(Values, Rows, Columns, block, Reduction);
        var scale = MapScale.Of(
            drawn, new() { Colors = ColorMap, ColorsWithoutSign = Mambascope.Imaging.ColorMap.Viridis, ClipQuantile = ClipQuantile });
        var cell = Math.Max((int)Math.Round((double)letters.Px(PlotSide) / Math.Max(rows, columns)), 1);
        var picture = Enlargement.Repeat(Colored(drawn, rows, columns, scale), cell);

        var (titleStyle, noteStyle) = IsPanel ? (Theme.Caption, Theme.Note) : (Theme.Title, Theme.Subtitle);
        var margin = IsPanel ? 0 : letters.Px(Theme.Margin);
        var head = IsPanel ? 0 : margin - letters.Px(6);
        var labels =
            cell / block >= letters.Height(Theme.Tick) * 3 / 4
                ? TokenLabels?.Select(label => letters.Fit(label, Theme.Tick, letters.Px(LongestLabel))).ToArray()
                : null;
        var labelSpace = (int)Math.Ceiling((labels ?? [$"{FirstRow + Rows - 1}"]).Max(label => letters.Width(label, Theme.Tick)));
        var left = margin + letters.Height(Theme.Axis) + letters.Px(6) + labelSpace + letters.Px(10);
        var barWidth = letters.Px(BarThickness);
        var barLabels = scale.Labels();
        var barSpace =
            barWidth + letters.Px(10) + (int)Math.Max(barLabels.Max(label => letters.Width(label.Label, Theme.Tick)), letters.Px(30));
        var width = left + picture.Width + letters.Px(MarkedToken is null ? 22 : 30) + barSpace + margin;
        var notes = Notes(block).SelectMany(note => letters.Wrap(note, noteStyle, width - (2 * margin), 3)).ToList();
        var title = letters.Wrap(Title, titleStyle, width - (2 * margin), 2);
        var top = head + (title.Count * letters.Height(titleStyle)) + (notes.Count * letters.Height(noteStyle))
            + letters.Px(MarkedToken is null ? 16 : 30);
        var bottom = top + picture.Height;
        var columnSpace = labels is null ? letters.Height(Theme.Tick) : labelSpace;
        var height = bottom + letters.Px(10) + columnSpace + letters.Px(2) + letters.Height(Theme.Axis) + head;
        return Canvas.Paint(width, height, canvas =>
        {
            canvas.Clear(Theme.Background);
            var y = head;
            foreach (var (line, style) in title.Select(line => (line, titleStyle)).Concat(notes.Select(line => (line, noteStyle))))
            {
                letters.Draw(canvas, line, margin, y, style);
                y += letters.Height(style);
            }

            var box = SKRectI.Create(left, top, picture.Width, picture.Height);
            using var bitmap = Canvas.ToBitmap(picture);
            canvas.DrawBitmap(bitmap, box.Left, box.Top);
            using var frame = new SKPaint { Color = Theme.Line, Style = SKPaintStyle.Stroke, StrokeWidth = letters.Px(1) };
            canvas.DrawRect(SKRect.Inflate(box, letters.Px(1) / 2f, letters.Px(1) / 2f), frame);
            var tokenPixels = (double)cell / block;
            DrawTicks(canvas, letters, box, tokenPixels, labels);
            DrawTitles(canvas, letters, box, margin, columnSpace);
            if (MarkedToken is { } token)
            {
                DrawMark(canvas, letters, box, token, tokenPixels, scale.Colors.FadesToWhite);
            }

            var bar = SKRectI.Create(box.Right + letters.Px(MarkedToken is null ? 22 : 30), box.Top, barWidth, box.Height);
            ColorBar.DrawVertical(canvas, letters, bar, scale, barLabels);
        });
    }

    private static RgbImage Colored(float[] values, int rows, int columns, MapScale scale)
    {
        var image = HeatMap.Colors([.. values.Select(scale.Position)], rows, columns, scale.Colors);
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                (image.Pixels[i * 3], image.Pixels[(i * 3) + 1], image.Pixels[(i * 3) + 2]) = (
                    Theme.Missing.Red, Theme.Missing.Green, Theme.Missing.Blue);
            }
        }

        return image;
    }

    private void DrawTicks(SKCanvas canvas, Lettering letters, SKRectI box, double tokenPixels, string[]? labels)
    {
        using var line = new SKPaint { Color = Theme.Soft };
        var (length, thickness) = (letters.Px(5), letters.Px(1));
        foreach (var column in Numbered(Columns))
        {
            var x = box.Left + (int)((column + 0.5) * tokenPixels);
            canvas.DrawRect(SKRect.Create(x - (thickness / 2), box.Bottom + thickness, thickness, length), line);
            if (labels is null)
            {
                letters.Draw(canvas, $"{column:F0}", x, box.Bottom + letters.Px(8), Theme.Tick, SKTextAlign.Center);
            }
            else
            {
                canvas.Save();
                canvas.RotateDegrees(-90, x, box.Bottom + letters.Px(8));
                letters.Draw(
                    canvas,
                    labels[(int)column],
                    x,
                    box.Bottom + letters.Px(8) - (letters.Height(Theme.Tick) / 2f),
                    Theme.Tick,
                    SKTextAlign.Right);
                canvas.Restore();
            }
        }

        foreach (var row in Numbered(Rows))
        {
            var y = box.Top + (int)((row + 0.5) * tokenPixels);
            canvas.DrawRect(SKRect.Create(box.Left - thickness - length, y - (thickness / 2), length, thickness), line);
            letters.Draw(
                canvas,
                labels?[FirstRow + (int)row] ?? $"{FirstRow + row:F0}",
                box.Left - letters.Px(10),
                y - (letters.Height(Theme.Tick) / 2f),
                Theme.Tick,
                SKTextAlign.Right);
        }

        IEnumerable<double> Numbered(int count)
            => labels is null
                ? Ticks.Between(0, count - 1, 8, leastStep: 1).DefaultIfEmpty(0)
                : Enumerable.Range(0, count).Select(i => (double)i);
    }

    private void DrawTitles(SKCanvas canvas, Lettering letters, SKRectI box, int margin, int columnSpace)
    {
        letters.Draw(canvas, ColumnTitle, box.MidX, box.Bottom + letters.Px(10) + columnSpace, Theme.Axis, SKTextAlign.Center);
        canvas.Save();
        canvas.RotateDegrees(-90, margin, box.MidY);
        letters.Draw(canvas, RowTitle, margin, box.MidY, Theme.Axis, SKTextAlign.Center);
        canvas.Restore();
    }

    private void DrawMark(SKCanvas canvas, Lettering letters, SKRectI box, int token, double tokenPixels, bool onLight)
    {
        var at = (float)((token + 0.5) * tokenPixels);
        using var dashes = SKPathEffect.CreateDash([letters.Px(2), letters.Px(5)], 0);
        using var line = new SKPaint
        {
            Color = (onLight ? SKColors.Black : SKColors.White).WithAlpha(170),
            StrokeWidth = letters.Px(1),
            PathEffect = dashes,
        };
        canvas.DrawLine(box.Left + at, box.Top, box.Left + at, box.Bottom, line);
        canvas.DrawLine(box.Left, box.Top + at, box.Right, box.Top + at, line);

        using var ink = new SKPaint { Color = Theme.Ink, IsAntialias = true };
        var (tip, half) = (letters.Px(3), letters.Px(4));
        using var path = new SKPath();
        path.AddPoly([
            new(box.Left + at, box.Top - tip),
            new(box.Left + at - half, box.Top - tip - (1.5f * half)),
            new(box.Left + at + half, box.Top - tip - (1.5f * half)),
        ]);
        path.AddPoly([
            new(box.Right + tip, box.Top + at),
            new(box.Right + tip + (1.5f * half), box.Top + at - half),
            new(box.Right + tip + (1.5f * half), box.Top + at + half),
        ]);
        canvas.DrawPath(path, ink);
        var label = $"{MarkedTokenName} {token}";
        var reach = letters.Width(label, Theme.Tick) / 2;
        var middle = Math.Clamp(box.Left + at, box.Left + reach, Math.Max(box.Right - reach, box.Left + reach));
        letters.Draw(canvas, label, middle, box.Top - tip - (1.5f * half) - letters.Height(Theme.Tick), Theme.Tick, SKTextAlign.Center);
    }

    private IEnumerable<string> Notes(int block)
    {
        if (Subtitle is not null)
        {
            yield return Subtitle;
        }

        if (block > 1)
        {
            yield return $"{Rows} × {Columns} entries; each pixel shows the "
                + $"{(Reduction == BlockReduction.Largest ? "largest (by absolute value)" : "mean")} of {block} × {block}";
        }

        var missing = Values.Count(value => !float.IsFinite(value));
        if (missing > 0)
        {
            yield return $"{missing} {(missing == 1 ? "entry is" : "entries are")} not finite{(block == 1 ? " (grey)" : "")}";
        }
    }

    private void Check()
    {
        if (Rows < 1 || Columns < 1 || Values.Length != (long)Rows * Columns)
        {
            throw new BadInputException($"matrix '{Title}': expected {Rows}x{Columns} values, found {Values.Length}");
        }

        if (FirstRow < 0 || (TokenLabels is not null && FirstRow > Columns - Rows))
        {
            throw new BadInputException($"matrix '{Title}': {Rows} rows from {FirstRow} on are not among {Columns} columns");
        }

        if (TokenLabels is { Count: var labels } && labels != Columns)
        {
            throw new BadInputException($"matrix '{Title}': expected a label for each of {Columns} tokens, found {labels}");
        }

        if (MarkedToken is { } token && (token < 0 || token >= Math.Min(Rows, Columns)))
        {
            throw new BadInputException(
                $"matrix '{Title}': expected a marked token from 0 to {Math.Min(Rows, Columns) - 1}, found {token}");
        }

        if (!(ClipQuantile is > 0 and <= 1))
        {
            throw new BadInputException($"matrix '{Title}': expected a clip quantile above 0 and at most 1, found {ClipQuantile}");
        }
    }
}
