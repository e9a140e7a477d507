using System.Text;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>
/// Measures and draws text in Inter, which is embedded; characters it lacks come from the machine's fonts if there are any.
/// Positions and widths are in pixels, sizes in layout units of <paramref name="scale"/> pixels.
/// </summary>
/// <param name="scale">Pixels per layout unit.</param>
internal sealed class Lettering(float scale)
{
    // Kept for the life of the process: a typeface is immutable and safe to share.
    private static readonly Lazy<SKTypeface> Regular = new(() => Load("Inter-Regular.otf"));
    private static readonly Lazy<SKTypeface> SemiBold = new(() => Load("Inter-SemiBold.otf"));

    /// <summary>Layout units to whole pixels.</summary>
    internal int Px(float units) => (int)MathF.Round(units * scale);

    /// <summary>The height of a line of this style, in pixels.</summary>
    internal int Height(TextStyle style) => Px(style.LineHeight);

    /// <summary>The width of <paramref name="text"/> in pixels.</summary>
    internal float Width(string text, TextStyle style)
    {
        var width = 0f;
        foreach (var (typeface, run) in Runs(text, style))
        {
            using var font = Font(typeface, style);
            width += font.MeasureText(run);
        }

        return width;
    }

    /// <summary>
    /// Draws one line whose line box begins at <paramref name="top"/>; x is its left end, middle or right end as aligned.
    /// </summary>
    internal void Draw(SKCanvas canvas, string text, float x, float top, TextStyle style, SKTextAlign align = SKTextAlign.Left)
    {
        var left = align switch
        {
            SKTextAlign.Center => x - (Width(text, style) / 2),
            SKTextAlign.Right => x - Width(text, style),
            _ => x,
        };

        // Inter's capitals are 0.727 em high; this centres them in the line box.
        var baseline = MathF.Round(top + (scale * ((style.LineHeight / 2) + (style.Size * 0.36f))));
        using var paint = new SKPaint { Color = style.Color, IsAntialias = true };
        foreach (var (typeface, run) in Runs(text, style))
        {
            using var font = Font(typeface, style);
            canvas.DrawText(run, left, baseline, font, paint);
            left += font.MeasureText(run);
        }
    }

    /// <summary>The text, or as much of it as fits with an ellipsis.</summary>
    internal string Fit(string text, TextStyle style, float width)
    {
        if (Width(text, style) <= width)
        {
            return text;
        }

        var runes = text.EnumerateRunes().ToArray();
        var (fits, fails) = (0, runes.Length);
        while (fails - fits > 1)
        {
            var middle = (fits + fails) / 2;
            if (Width(Shorten(middle), style) <= width)
            {
                fits = middle;
            }
            else
            {
                fails = middle;
            }
        }

        return Shorten(fits);

        string Shorten(int count) => string.Concat(runes[..count].Select(rune => rune.ToString())).TrimEnd() + "…";
    }

    /// <summary>
    /// The text broken at spaces into at most <paramref name="maxLines"/> lines; the last one is cut short if it must be.
    /// </summary>
    internal List<string> Wrap(string text, TextStyle style, float width, int maxLines)
    {
        var lines = new List<string>();
        var words = new Queue<string>(Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        while (words.Count > 0 && lines.Count < maxLines)
        {
            var line = words.Dequeue();
            while (words.Count > 0 && (lines.Count == maxLines - 1 || Width($"{line} {words.Peek()}", style) <= width))
            {
                line = $"{line} {words.Dequeue()}";
            }

            lines.Add(Fit(line, style, width));
        }

        return lines;
    }

    private SKFont Font(SKTypeface typeface, TextStyle style) => new(typeface, style.Size * scale)
    {
        // No hinting and grey antialiasing: the same shapes on every machine.
        Edging = SKFontEdging.Antialias,
        Hinting = SKFontHinting.None,
        Subpixel = true,
    };

    /// <summary>Pieces of the text that one typeface can draw.</summary>
    private static List<(SKTypeface Typeface, string Text)> Runs(string text, TextStyle style)
    {
        var main = (style.Bold ? SemiBold : Regular).Value;
        var runs = new List<(SKTypeface, string)>();
        var pending = new StringBuilder();
        var current = main;
        foreach (var rune in Clean(text).EnumerateRunes())
        {
            var typeface = main.ContainsGlyph(rune.Value) ? main
                : current != main && current.ContainsGlyph(rune.Value) ? current
                : SKFontManager.Default.MatchCharacter(rune.Value) ?? main;
            if (typeface != current && pending.Length > 0)
            {
                runs.Add((current, pending.ToString()));
                pending.Clear();
            }

            current = typeface;
            pending.Append(rune.ToString());
        }

        if (pending.Length > 0)
        {
            runs.Add((current, pending.ToString()));
        }

        return runs;
    }

    private static string Clean(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\x1f') ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    private static SKTypeface Load(string name)
    {
        using var stream = typeof(Lettering).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the font {name} is not embedded in this assembly");
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"the embedded font {name} cannot be read");
    }
}
