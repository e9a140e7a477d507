using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>A strip of a scale's colours with its numbers. An end where values are clipped is drawn as an arrow.</summary>
internal static class ColorBar
{
    private const float TickGap = 3;
    private const int MostNoteLines = 2;

    /// <summary>Draws the strip from left (lowest) to right; under it the numbers, what the ends mean, and what was clipped.</summary>
    internal static void DrawHorizontal(SKCanvas canvas, Lettering letters, SKRectI box, MapScale scale, ScaleWords? words)
    {
        Strip(canvas, box, scale, isVertical: false);
        using var line = new SKPaint { Color = Theme.Soft };
        var top = box.Bottom + letters.Px(TickGap);
        foreach (var (at, label) in scale.Ends())
        {
            var x = box.Left + (float)(at * box.Width);
            if (at is > 0 and < 1)
            {
                canvas.DrawRect(SKRect.Create(x - (letters.Px(1) / 2f), box.Top, letters.Px(1), box.Height + letters.Px(2)), line);
            }

            letters.Draw(canvas, label, x, top, Theme.Tick, at == 0 ? SKTextAlign.Left : at == 1 ? SKTextAlign.Right : SKTextAlign.Center);
        }

        top += letters.Height(Theme.Tick);
        if (HasWords(scale, words))
        {
            // Half of the width for each end, less for the unit between them.
            var unit = words!.Unit is null ? 0 : letters.Width(words.Unit, Theme.Tick) + letters.Px(12);
            var width = (box.Width - Math.Min(unit, box.Width / 3f)) / 2;
            var least = scale.Minimum < 0 ? words.Least : null;
            if (least is not null)
            {
                letters.Draw(canvas, letters.Fit(least, Theme.Tick, width), box.Left, top, Theme.Tick);
            }

            if (words.Most is not null)
            {
                var room = least is null ? box.Width - unit : width;
                letters.Draw(canvas, letters.Fit(words.Most, Theme.Tick, room), box.Right, top, Theme.Tick, SKTextAlign.Right);
            }

            if (words.Unit is not null)
            {
                var (x, align) = least is null ? ((float)box.Left, SKTextAlign.Left) : (box.MidX, SKTextAlign.Center);
                letters.Draw(canvas, letters.Fit(words.Unit, Theme.Tick, box.Width / 3f), x, top, Theme.Tick, align);
            }

            top += letters.Height(Theme.Tick);
        }

        foreach (var note in Notes(letters, scale, box.Width))
        {
            letters.Draw(canvas, note, box.Left, top, Theme.Tick);
            top += letters.Height(Theme.Tick);
        }
    }

    /// <summary>Pixels that <see cref="DrawHorizontal"/> needs below the strip.</summary>
    internal static int HeightBelow(Lettering letters, MapScale scale, ScaleWords? words, int width)
        => letters.Px(TickGap) + ((1 + (HasWords(scale, words) ? 1 : 0) + Notes(letters, scale, width).Count) * letters.Height(Theme.Tick));

    /// <summary>Draws the strip from the bottom (lowest) up, with labels to its right at heights 0..1.</summary>
    internal static void DrawVertical(
        SKCanvas canvas, Lettering letters, SKRectI box, MapScale scale, IEnumerable<(double At, string Label)> labels)
    {
        Strip(canvas, box, scale, isVertical: true);
        using var line = new SKPaint { Color = Theme.Soft };
        foreach (var (at, label) in labels)
        {
            var y = box.Bottom - (int)Math.Round(at * box.Height);
            canvas.DrawRect(
                SKRect.Create(box.Right, Math.Clamp(y, box.Top, box.Bottom - letters.Px(1)), letters.Px(4), letters.Px(1)), line);
            letters.Draw(canvas, label, box.Right + letters.Px(8), y - (letters.Height(Theme.Tick) / 2f), Theme.Tick);
        }
    }

    private static bool HasWords(MapScale scale, ScaleWords? words)
        => words is not null && (words.Most ?? words.Unit ?? (scale.Minimum < 0 ? words.Least : null)) is not null;

    private static List<string> Notes(Lettering letters, MapScale scale, int width)
    {
        var missing = scale.MissingCount == 0 ? null : $"{scale.MissingCount} not finite (hatched)";
        var note = string.Join("; ", new[] { scale.ClipNote, missing }.OfType<string>());
        return letters.Wrap(note, Theme.Tick, width, MostNoteLines);
    }

    // White is the colour of paper: a thin frame shows where the strip ends.
    private static void Strip(SKCanvas canvas, SKRectI box, MapScale scale, bool isVertical)
    {
        var (length, thickness) = isVertical ? (box.Height, box.Width) : (box.Width, box.Height);
        var tip = Math.Min(thickness, length / 4);
        canvas.Save();
        using var outline = Outline(box, isVertical, scale.IsClippedBelow ? tip : 0, scale.IsClippedAbove ? tip : 0);
        canvas.ClipPath(outline, antialias: true);
        for (var i = 0; i < length; i++)
        {
            var (red, green, blue) = scale.Colors.At((i + 0.5f) / length);
            using var paint = new SKPaint { Color = new SKColor(red, green, blue) };
            var (x, y, width, height) = isVertical ? (box.Left, box.Bottom - 1 - i, thickness, 1) : (box.Left + i, box.Top, 1, thickness);
            canvas.DrawRect(SKRect.Create(x, y, width, height), paint);
        }

        canvas.Restore();
        using var frame = new SKPaint { Color = Theme.Line, Style = SKPaintStyle.Stroke, StrokeWidth = 1, IsAntialias = true };
        canvas.DrawPath(outline, frame);
    }

    // A rectangle whose low and high ends taper over so many pixels.
    private static SKPath Outline(SKRectI box, bool isVertical, int low, int high)
    {
        var path = new SKPath();
        path.AddPoly(isVertical
            ?
            [
                new(box.Left, box.Bottom - low), new(box.MidX, box.Bottom), new(box.Right, box.Bottom - low),
                new(box.Right, box.Top + high), new(box.MidX, box.Top), new(box.Left, box.Top + high),
            ]
            :
            [
                new(box.Left + low, box.Top), new(box.Left, box.MidY), new(box.Left + low, box.Bottom),
                new(box.Right - high, box.Bottom), new(box.Right, box.MidY), new(box.Right - high, box.Top),
            ]);
        return path;
    }
}
