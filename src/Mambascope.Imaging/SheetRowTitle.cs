using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>The heading of a row of panels, under a thin line.</summary>
/// <param name="Text">What the row is, for instance a model.</param>
/// <param name="Note">More about it, beside it in a lighter tone; or null.</param>
public sealed record SheetRowTitle(string Text, string? Note = null)
{
    private const float Above = 10;
    private const float Below = 8;

    /// <summary>Height in pixels, the space around it included.</summary>
    internal static int Height(Lettering letters) => letters.Px(Above) + letters.Height(Theme.RowTitle) + letters.Px(Below);

    /// <summary>Draws it from <paramref name="left"/> over <paramref name="width"/> pixels.</summary>
    internal void Draw(SKCanvas canvas, Lettering letters, int left, int top, int width)
    {
        using var line = new SKPaint { Color = Theme.Line };
        canvas.DrawRect(SKRect.Create(left, top, width, letters.Px(1)), line);
        var text = letters.Fit(Text, Theme.RowTitle, width);
        letters.Draw(canvas, text, left, top + letters.Px(Above), Theme.RowTitle);
        if (Note is null)
        {
            return;
        }

        var start = left + letters.Width(text, Theme.RowTitle) + letters.Px(12);
        var baseline =
            top + letters.Px(Above) + ((letters.Height(Theme.RowTitle) - letters.Height(Theme.Subtitle)) / 2f) + letters.Px(0.5f);
        letters.Draw(canvas, letters.Fit(Note, Theme.Subtitle, left + width - start), start, baseline, Theme.Subtitle);
    }
}
