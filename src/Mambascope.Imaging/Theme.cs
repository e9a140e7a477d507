using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>
/// The few colours and text sizes that every picture here shares. Sizes are in layout units, multiplied by the pixels per unit.
/// </summary>
internal static class Theme
{
    internal const float Margin = 28;

    internal static readonly SKColor Background = SKColors.White;
    internal static readonly SKColor Ink = new(0x15, 0x1A, 0x23);
    internal static readonly SKColor Soft = new(0x5B, 0x63, 0x70);
    internal static readonly SKColor Line = new(0xC4, 0xC9, 0xD1);
    internal static readonly SKColor Missing = new(0xD9, 0xDC, 0xE1);
    internal static readonly SKColor Warning = new(0xA1, 0x4A, 0x00);

    internal static readonly TextStyle Title = new(true, 20, Ink);
    internal static readonly TextStyle Subtitle = new(false, 13.5f, Soft);
    internal static readonly TextStyle RowTitle = new(true, 16.5f, Ink);
    internal static readonly TextStyle Caption = new(true, 14, Ink);
    internal static readonly TextStyle Note = new(false, 12, Soft);
    internal static readonly TextStyle Caution = new(false, 12, Warning);
    internal static readonly TextStyle Axis = new(false, 12.5f, Ink);
    internal static readonly TextStyle Tick = new(false, 11, Soft);
}

/// <summary>Weight, size in layout units and colour of a piece of text.</summary>
internal readonly record struct TextStyle(bool Bold, float Size, SKColor Color)
{
    /// <summary>From one baseline to the next.</summary>
    internal float LineHeight => Size * 1.4f;
}
