namespace Mambascope.Inputs.Images;

/// <summary>
/// How a file stores a picture, as its EXIF orientation tag says: how the stored rows and columns must be turned and mirrored to stand
/// upright. The default value is upright.
/// </summary>
public readonly record struct ImageOrientation
{
    private readonly byte turns;

    /// <summary>The orientation of that tag; a value that EXIF does not know is upright.</summary>
    /// <param name="exif">1 (upright) to 8.</param>
    public ImageOrientation(int exif) => turns = exif is >= 2 and <= 8 ? (byte)(exif - 1) : (byte)0;

    /// <summary>EXIF's number, 1 (upright) to 8.</summary>
    public int Exif => turns + 1;

    /// <summary>Whether the stored picture is upright as it is.</summary>
    public bool IsUpright => turns == 0;

    /// <summary>Whether the stored rows are the upright picture's columns.</summary>
    public bool IsTransposed => Exif >= 5;

    /// <summary>What must be done to the stored picture, for people.</summary>
    public string Words => Exif switch
    {
        2 => "mirrored left to right",
        3 => "turned by half",
        4 => "mirrored top to bottom",
        5 => "mirrored along the diagonal",
        6 => "turned a quarter clockwise",
        7 => "mirrored along the other diagonal",
        8 => "turned a quarter counter-clockwise",
        _ => "as stored",
    };

    private bool MirrorsX => Exif is 2 or 3 or 6 or 7;

    private bool MirrorsY => Exif is 3 or 4 or 7 or 8;

    /// <summary>Turns and mirrors a stored picture upright; the result says so (<see cref="RgbImage.Orientation"/>).</summary>
    public RgbImage Upright(RgbImage stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (IsUpright)
        {
            return stored;
        }

        var (width, height) = IsTransposed ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        var upright = new RgbImage(width, height) { Orientation = this };
        for (var y = 0; y < height; y++)
        {
            var row = upright.Row(y);
            for (var x = 0; x < width; x++)
            {
                var (u, v) = (MirrorsX ? width - 1 - x : x, MirrorsY ? height - 1 - y : y);
                var from = IsTransposed ? stored.Row(u).Slice(v * 3, 3) : stored.Row(v).Slice(u * 3, 3);
                from.CopyTo(row[(x * 3)..]);
            }
        }

        return upright;
    }

    /// <summary>Where a point of the upright picture lies in the stored one. Pixel i covers i to i + 1 in both.</summary>
    /// <param name="x">To the right in the upright picture.</param>
    /// <param name="y">Down in the upright picture.</param>
    /// <param name="width">Columns of the upright picture.</param>
    /// <param name="height">Rows of the upright picture.</param>
    public (double X, double Y) ToStored(double x, double y, int width, int height)
    {
        var (u, v) = (MirrorsX ? width - x : x, MirrorsY ? height - y : y);
        return IsTransposed ? (v, u) : (u, v);
    }
}
