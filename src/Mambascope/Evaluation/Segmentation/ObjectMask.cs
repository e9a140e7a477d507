namespace Mambascope.Evaluation.Segmentation;

/// <summary>Where the object is: one byte a pixel, row by row, 1 on the object and 0 elsewhere.</summary>
public sealed class ObjectMask
{
    /// <summary>Wraps <paramref name="values"/>, which are not copied.</summary>
    /// <param name="values">(height, width), 0 or 1.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="BadInputException">Another length, or a value other than 0 and 1.</exception>
    public ObjectMask(byte[] values, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (height < 1 || width < 1 || values.Length != (long)height * width)
        {
            throw new BadInputException($"mask: expected {height}x{width} values, found {values.Length}");
        }

        var at = values.AsSpan().IndexOfAnyExcept((byte)0, (byte)1);
        if (at >= 0)
        {
            throw new BadInputException(
                $"mask: expected 0 or 1 at every pixel, found {values[at]} in row {at / width}, column {at % width}; map the file's values "
                    + "to 0 and 1 first");
        }

        (Values, Height, Width) = (values, height, width);
        Area = values.AsSpan().Count((byte)1);
    }

    /// <summary>(height, width), 0 or 1.</summary>
    public byte[] Values { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Pixels on the object.</summary>
    public int Area { get; }
}
