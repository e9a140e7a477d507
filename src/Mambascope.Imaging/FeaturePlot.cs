using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>
/// Explanations of a row of a table: for every map a bar for every column, red to the right for what speaks for the answer, blue to the
/// left
/// for what speaks against it, the strongest on top.
/// </summary>
/// <param name="Title">The first line: what is explained.</param>
/// <param name="Features">The columns' names, each with the value that it has in this row.</param>
/// <param name="Maps">The maps, from top to bottom; one row, a value a column.</param>
public sealed record FeaturePlot(string Title, IReadOnlyList<string> Features, IReadOnlyList<SeriesMap> Maps)
{
    private const int MostBars = 24;
    private const float BarHeight = 15;
    private const float RowHeight = 21;
    private const float Gap = 26;
    private const float LongestName = 240;

    /// <summary>The second line, in a lighter tone.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The bars' width in layout units.</summary>
    public int PlotWidth { get; init; } = 420;

    /// <summary>Pixels per layout unit.</summary>
    public float PixelsPerUnit { get; init; } = 2;

    /// <summary>Draws the plot.</summary>
    /// <exception cref="BadInputException">There are no maps, or they have not a value a column.</exception>
    public RgbImage Render()
    {
        if (Maps.Count == 0 || Features.Count == 0 || Maps.Any(map => map.Layer.Values.Length != Features.Count))
        {
            throw new BadInputException($"table '{Title}': expected a value for each of {Features.Count} columns in every map");
        }

        var letters = new Lettering(PixelsPerUnit);
        var margin = letters.Px(Theme.Margin);
        var names = Features.Select(name => letters.Fit(name, Theme.Tick, letters.Px(LongestName))).ToArray();
        var left = margin + (int)Math.Ceiling(names.Max(name => letters.Width(name, Theme.Tick))) + letters.Px(12);
        var width = letters.Px(PlotWidth);
        var title = letters.Wrap(Title, Theme.Title, left + width - margin, 2);
        var subtitle = Subtitle is null ? [] : letters.Wrap(Subtitle, Theme.Subtitle, left + width - margin, 2);
        var bars = Math.Min(MostBars, Features.Count);
        var panel = letters.Height(Theme.Caption) + letters.Height(Theme.Note) + letters.Px(6) + (bars * letters.Px(RowHeight))
            + letters.Px(8) + (2 * letters.Height(Theme.Tick));
        var top = margin - letters.Px(6);
        var head = top + (title.Count * letters.Height(Theme.Title)) + (subtitle.Count * letters.Height(Theme.Subtitle)) + letters.Px(16);
        var height = head + (Maps.Count * panel) + ((Maps.Count - 1) * letters.Px(Gap)) + margin;
        return Canvas.Paint(left + width + margin, height, canvas =>
        {
            canvas.Clear(Theme.Background);
            var y = top;
            foreach (var (line, style) in title.Select(line => (line, Theme.Title)).Concat(subtitle.Select(line => (line, Theme.Subtitle))))
            {
                letters.Draw(canvas, line, margin, y, style);
                y += letters.Height(style);
            }

            y = head;
            foreach (var map in Maps)
            {
                Draw(canvas, letters, map, names, bars, margin, SKRectI.Create(left, y, width, panel));
                y += panel + letters.Px(Gap);
            }
        });
    }

    private void Draw(SKCanvas canvas, Lettering letters, SeriesMap map, string[] names, int bars, int margin, SKRectI box)
    {
        var (scale, values) = (map.Layer.Scale, map.Layer.Values);
        letters.Draw(canvas, map.Caption, margin, box.Top, Theme.Caption);
        string?[] notes =
            [scale.Degenerate ?? map.Note, bars < Features.Count ? $"the {bars} strongest of {Features.Count} columns" : null];
        letters.Draw(
            canvas, letters.Fit(string.Join("; ", notes.OfType<string>()), Theme.Note, box.Right - margin), margin,
            box.Top + letters.Height(Theme.Caption), Theme.Note);

        // Bars are as long as their values: nothing is clipped, only the colour ends where the scale does.
        float Size(float value) => float.IsFinite(value) ? Math.Abs(value) : 0;
        var reach = Math.Max(values.Max(Size), float.Epsilon);
        var isSigned = values.Any(value => value < 0);
        float Place(double value) => box.Left + (float)((isSigned ? (1 + (value / reach)) / 2 : value / reach) * box.Width);

        var y = box.Top + letters.Height(Theme.Caption) + letters.Height(Theme.Note) + letters.Px(6);
        var first = y;
        foreach (var i in Enumerable.Range(0, values.Length).OrderByDescending(i => Size(values[i])).ThenBy(i => i).Take(bars))
        {
            var middle = y + (letters.Px(RowHeight) / 2f);
            letters.Draw(
                canvas, names[i], box.Left - letters.Px(10), middle - (letters.Height(Theme.Tick) / 2f), Theme.Tick, SKTextAlign.Right);
            if (Size(values[i]) > 0)
            {
                var (from, to) = (Place(Math.Min(0, values[i])), Place(Math.Max(0, values[i])));
                var (red, green, blue) = scale.Colors.At(scale.Position(values[i]));
                using var paint = new SKPaint { Color = new(red, green, blue) };
                using var frame = new SKPaint { Color = Theme.Line, Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
                var bar = SKRect.Create(
                    from, middle - (letters.Px(BarHeight) / 2f), Math.Max(1, to - from), letters.Px(BarHeight));
                canvas.DrawRect(bar, paint);
                canvas.DrawRect(bar, frame);
            }

            y += letters.Px(RowHeight);
        }

        using var soft = new SKPaint { Color = Theme.Soft };
        canvas.DrawRect(SKRect.Create(Place(0), first, letters.Px(1), y - first), soft);
        foreach (var tick in Ticks.Between(isSigned ? -reach : 0, reach, 6))
        {
            canvas.DrawRect(SKRect.Create(Place(tick), y, letters.Px(1), letters.Px(4)), soft);
            letters.Draw(canvas, Ticks.Format(tick), Place(tick), y + letters.Px(5), Theme.Tick, SKTextAlign.Center);
        }

        y += letters.Px(6) + letters.Height(Theme.Tick);
        if (map.Layer.Words is { } words)
        {
            if (isSigned && words.Least is { } least)
            {
                letters.Draw(canvas, letters.Fit(least, Theme.Tick, box.Width / 2f), box.Left, y, Theme.Tick);
            }

            if (words.Most is { } most)
            {
                letters.Draw(canvas, letters.Fit(most, Theme.Tick, box.Width / 2f), box.Right, y, Theme.Tick, SKTextAlign.Right);
            }
        }
    }
}
