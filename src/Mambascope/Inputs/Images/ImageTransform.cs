namespace Mambascope.Inputs.Images;

/// <summary>
/// How the pixels of a model's input lie in the picture they were made from, and the way back: points, regions, maps and masks of the
/// input in the original's pixels. What a crop cut off was not seen by the model, and is told from what it saw.
/// </summary>
/// <remarks>
/// The original (OriginalWidth, OriginalHeight) was resized to (ResizedWidth, ResizedHeight); of that the window (Width, Height) at
/// (Left, Top) is the input. Left and Top are negative where the window was padded. Coordinates are continuous, pixel i covers i to i + 1,
/// as in PIL's resize: <c>x_original = (x_input + Left) · OriginalWidth / ResizedWidth</c>.
/// </remarks>
public sealed record ImageTransform
{
    /// <summary>Columns of the original, upright.</summary>
    public required int OriginalWidth { get; init; }

    /// <summary>Rows of the original, upright.</summary>
    public required int OriginalHeight { get; init; }

    /// <summary>Columns after resizing, before the crop.</summary>
    public required long ResizedWidth { get; init; }

    /// <summary>Rows after resizing, before the crop.</summary>
    public required long ResizedHeight { get; init; }

    /// <summary>First column of the resized picture that the input shows; negative where black columns were added before it.</summary>
    public required long Left { get; init; }

    /// <summary>First row of the resized picture that the input shows; negative where black rows were added above it.</summary>
    public required long Top { get; init; }

    /// <summary>Columns of the input.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the input.</summary>
    public required int Height { get; init; }

    /// <summary>How the file stores the original; upright where it was not turned on reading.</summary>
    public ImageOrientation Orientation { get; init; }

    /// <summary>The part of the original that the model saw.</summary>
    public ImageRegion Seen => ToOriginal(new ImageRegion(0, 0, Width, Height));

    /// <summary>Whether the model saw all of the original.</summary>
    public bool IsWhole => Left <= 0 && Top <= 0 && Left + Width >= ResizedWidth && Top + Height >= ResizedHeight;

    /// <summary>An input that is its own original.</summary>
    public static ImageTransform Identity(int width, int height) => new()
    {
        OriginalWidth = width,
        OriginalHeight = height,
        ResizedWidth = width,
        ResizedHeight = height,
        Left = 0,
        Top = 0,
        Width = width,
        Height = height,
    };

    /// <summary>A point of the input in the original. Points of padding lie outside the original.</summary>
    public (double X, double Y) ToOriginal(double x, double y)
        => ((x + Left) * OriginalWidth / ResizedWidth, (y + Top) * OriginalHeight / ResizedHeight);

    /// <summary>A point of the original in the input. Points that were cut off lie outside the input.</summary>
    public (double X, double Y) FromOriginal(double x, double y)
        => ((x * ResizedWidth / OriginalWidth) - Left, (y * ResizedHeight / OriginalHeight) - Top);

    /// <summary>A region of the input in the original, as far as it lies there; empty where it lies in padding alone.</summary>
    public ImageRegion ToOriginal(ImageRegion region)
    {
        var ((left, top), (right, bottom)) = (ToOriginal(region.Left, region.Top), ToOriginal(region.Right, region.Bottom));
        return new ImageRegion(left, top, right, bottom).Intersect(new(0, 0, OriginalWidth, OriginalHeight));
    }

    /// <summary>
    /// A map over the input at every pixel of the original: (OriginalHeight, OriginalWidth), bilinear between the centres of the map's
    /// cells
    /// as in <see cref="Upsampling"/>. NaN where the model did not see the picture.
    /// </summary>
    /// <param name="map">(height, width), any grid that spans the input: patches or pixels.</param>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <exception cref="ArgumentException">The map's length is not height · width.</exception>
    public float[] MapToOriginal(ReadOnlySpan<float> map, int height, int width)
    {
        CheckGrid(map.Length, height, width);
        var (columns, rows) = (Positions(OriginalWidth, width, isColumn: true), Positions(OriginalHeight, height, isColumn: false));
        var result = new float[OriginalWidth * OriginalHeight];
        for (var y = 0; y < OriginalHeight; y++)
        {
            var (top, bottom, down) = rows[y];
            for (var x = 0; x < OriginalWidth; x++)
            {
                var (left, right, across) = columns[x];
                result[(y * OriginalWidth) + x] = left < 0 || top < 0
                    ? float.NaN
                    : (float)Between(
                        Between(map[(top * width) + left], map[(top * width) + right], across),
                        Between(map[(bottom * width) + left], map[(bottom * width) + right], across),
                        down);
            }
        }

        return result;
    }

    /// <summary>
    /// Labels over the input, such as a mask, at every pixel of the original: (OriginalHeight, OriginalWidth), each the label of the cell
    /// in
    /// which the pixel's centre lies.
    /// </summary>
    /// <typeparam name="T">Kind of label.</typeparam>
    /// <param name="labels">(height, width), any grid that spans the input.</param>
    /// <param name="height">Rows of the labels.</param>
    /// <param name="width">Columns of the labels.</param>
    /// <param name="notSeen">What stands where the model did not see the picture.</param>
    /// <exception cref="ArgumentException">The length is not height · width.</exception>
    public T[] LabelsToOriginal<T>(ReadOnlySpan<T> labels, int height, int width, T notSeen)
    {
        CheckGrid(labels.Length, height, width);
        var (columns, rows) = (Cells(OriginalWidth, width, isColumn: true), Cells(OriginalHeight, height, isColumn: false));
        var result = new T[OriginalWidth * OriginalHeight];
        for (var y = 0; y < OriginalHeight; y++)
        {
            for (var x = 0; x < OriginalWidth; x++)
            {
                result[(y * OriginalWidth) + x] = columns[x] < 0 || rows[y] < 0 ? notSeen : labels[(rows[y] * width) + columns[x]];
            }
        }

        return result;
    }

    private static double Between(double a, double b, double fraction) => fraction == 0 ? a : a + (fraction * (b - a));

    private static void CheckGrid(int length, int height, int width)
    {
        if (height < 1 || width < 1 || length != (long)height * width)
        {
            throw new ArgumentException($"expected {height}x{width} values, found {length}", nameof(length));
        }
    }

    /// <summary>
    /// For every pixel along one axis of the original, where its centre lies in the input, as a share of the input; NaN outside.
    /// </summary>
    private double[] Shares(int count, bool isColumn)
    {
        var shares = new double[count];
        for (var i = 0; i < count; i++)
        {
            var (x, y) = FromOriginal(i + 0.5, i + 0.5);
            var share = isColumn ? x / Width : y / Height;
            shares[i] = share is >= 0 and < 1 ? share : double.NaN;
        }

        return shares;
    }

    private (int Low, int High, double Fraction)[] Positions(int count, int cells, bool isColumn)
        => Array.ConvertAll(Shares(count, isColumn), share =>
        {
            if (double.IsNaN(share))
            {
                return (-1, -1, 0.0);
            }

            var at = Math.Clamp((share * cells) - 0.5, 0, cells - 1);
            var low = (int)at;
            return (low, Math.Min(low + 1, cells - 1), at - low);
        });

    private int[] Cells(int count, int cells, bool isColumn)
        => Array.ConvertAll(Shares(count, isColumn), share => double.IsNaN(share) ? -1 : Math.Min((int)(share * cells), cells - 1));
}
