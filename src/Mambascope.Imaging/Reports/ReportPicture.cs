using System.Buffers.Binary;
using Mambascope.Inputs.Images;

namespace Mambascope.Imaging.Reports;

/// <summary>A picture of a report; it becomes part of the page.</summary>
public sealed class ReportPicture
{
    private const int HeaderBytes = 24; // signature, length and name of the first chunk, width, height

    private static readonly byte[] signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A picture from a PNG file in memory.</summary>
    /// <param name="png">The whole file.</param>
    /// <param name="caption">What stands below it.</param>
    /// <param name="description">What it shows, for readers who cannot see it.</param>
    /// <exception cref="ArgumentException">The bytes are no PNG.</exception>
    public ReportPicture(byte[] png, string caption, string description)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(description);
        if (png.Length < HeaderBytes || !png.AsSpan().StartsWith(signature))
        {
            throw new ArgumentException("The picture is no PNG", nameof(png));
        }

        (Png, Caption, Description) = (png, caption, description);
        (Width, Height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }

    /// <summary>A picture from its pixels.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="caption">What stands below it.</param>
    /// <param name="description">What it shows, for readers who cannot see it.</param>
    public ReportPicture(RgbImage image, string caption, string description) : this(ImageFile.EncodePng(image), caption, description) { }

    /// <summary>Pictures side by side, as many as fit into a row.</summary>
    internal static void Write(Markup page, IReadOnlyList<ReportPicture> pictures)
    {
        page.Open("div", ("class", "pictures"));
        foreach (var picture in pictures)
        {
            page.Open("figure")
                .Empty(
                    "img",
                    ("src", "data:image/png;base64," + Convert.ToBase64String(picture.Png)),
                    ("width", $"{picture.Width}"),
                    ("height", $"{picture.Height}"),
                    ("alt", picture.Description))
                .Leaf("figcaption", picture.Caption)
                .Close();
        }

        page.Close();
    }

    /// <summary>The file.</summary>
    public byte[] Png { get; }

    /// <summary>What stands below it.</summary>
    public string Caption { get; }

    /// <summary>What it shows, for readers who cannot see it.</summary>
    public string Description { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }
}
