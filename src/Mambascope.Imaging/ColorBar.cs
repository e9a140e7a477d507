using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>A strip of a colour map with its numbers.</summary>
internal static class ColorBar
{
    /// <summary>Draws the strip from left (lowest) to right, with <paramref name="low"/> and <paramref name="high"/> under its ends.</summary>
    internal static void DrawHorizontal(
        SKCanvas canvas, Lettering letters, SKRectI box, ColorMap colors, string low, string high)
    {
        for (var x = box.Left; x < box.Right; x++)
            Fill(canvas, SKRectI.Create(x, box.Top, 1, box.Height), colors.At((x - box.Left + 0.5f) / box.Width));
        var top = box.Bottom + letters.Px(3);
        letters.Draw(canvas, low, box.Left, top, Theme.Tick);
        letters.Draw(canvas, high, box.Right, top, Theme.Tick, SKTextAlign.Right);
    }

    /// <summary>Draws the strip from the bottom (lowest) up, with labels to its right at heights 0..1.</summary>
    internal static void DrawVertical(
        SKCanvas canvas, Lettering letters, SKRectI box, ColorMap colors, IEnumerable<(double At, string Label)> labels)
    {
        for (var y = box.Top; y < box.Bottom; y++)
            Fill(canvas, SKRectI.Create(box.Left, y, box.Width, 1), colors.At((box.Bottom - y - 0.5f) / box.Height));
        using var line = new SKPaint { Color = Theme.Soft };
        foreach (var (at, label) in labels)
        {
            var y = box.Bottom - (int)Math.Round(at * box.Height);
            canvas.DrawRect(SKRect.Create(box.Right, Math.Clamp(y, box.Top, box.Bottom - letters.Px(1)), letters.Px(4), letters.Px(1)), line);
            letters.Draw(canvas, label, box.Right + letters.Px(8), y - (letters.Height(Theme.Tick) / 2f), Theme.Tick);
        }
    }

    private static void Fill(SKCanvas canvas, SKRectI box, (byte Red, byte Green, byte Blue) color)
    {
        using var paint = new SKPaint { Color = new SKColor(color.Red, color.Green, color.Blue) };
        canvas.DrawRect(box, paint);
    }
}
