using System.Globalization;

namespace Mambascope.Inputs.Images;

/// <summary>What a preprocessing did to one picture: as data, and in one line of words.</summary>
/// <param name="Transform">Sizes before and after, crop, orientation.</param>
/// <param name="Filter">The interpolation of the resize; null where the size did not change.</param>
/// <param name="RescaleFactor">What a byte was multiplied by.</param>
/// <param name="Mean">Subtracted, a value a channel.</param>
/// <param name="StandardDeviation">Divided by, a value a channel.</param>
/// <param name="SizesFrom">Where sizes and filter come from: a file, an option or an assumption.</param>
/// <param name="NormalisationFrom">Where mean and deviation come from.</param>
public sealed record PreprocessingDescription(
    ImageTransform Transform, ResizeFilter? Filter, double RescaleFactor, IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation,
    string SizesFrom, string NormalisationFrom)
{
    /// <summary>
    /// One line, for instance: <c>640x480 resized to 85x64 (bicubic), columns 14 to 70 and rows 4 to 60 kept; mean 0.485 0.456 0.406, std
    /// 0.229
    /// 0.224 0.225 (preprocessor_config.json)</c>.
    /// </summary>
    public string Words => Joined(
        [Turned, Resized, Cropped, Padded, Mean.Count == 1 ? "grey" : null, Rescaled(RescaleFactor)],
        Mean, StandardDeviation, SizesFrom, NormalisationFrom);

    /// <summary>A preprocessing in words, before any picture.</summary>
    internal static string WordsOf(Preprocessing preprocessing)
    {
        var filter = Filtered(preprocessing.Filter);
        var resize = preprocessing.Resize switch
        {
            ResizeShorterSide shorter => $"shorter side to {shorter.Pixels} ({filter})",
            ResizeExactly exact => $"resized to {exact.Width}x{exact.Height} ({filter}), aspect ratio not kept",
            _ => "not resized",
        };
        var crop = preprocessing.Crop is { } kept ? $"centre {kept.Width}x{kept.Height}" : null;
        return Joined(
            [resize, crop, preprocessing.ChannelCount == 1 ? "grey" : null, Rescaled(preprocessing.RescaleFactor)],
            preprocessing.Mean, preprocessing.StandardDeviation, preprocessing.SizesFrom, preprocessing.NormalisationFrom);
    }

    private string? Turned => Transform.Orientation.IsUpright ? null : $"{Transform.Orientation.Words} (EXIF {Transform.Orientation.Exif})";

    private string Resized
    {
        get
        {
            var original = $"{Transform.OriginalWidth}x{Transform.OriginalHeight}";
            return Filter is { } filter
                ? $"{original} resized to {Transform.ResizedWidth}x{Transform.ResizedHeight} ({Filtered(filter)})"
                : $"{original}, not resized";
        }
    }

    private string? Cropped
    {
        get
        {
            if (Transform.IsWhole)
            {
                return null;
            }

            var (left, top) = (Math.Max(Transform.Left, 0), Math.Max(Transform.Top, 0));
            var right = Math.Min(Transform.Left + Transform.Width, Transform.ResizedWidth);
            var bottom = Math.Min(Transform.Top + Transform.Height, Transform.ResizedHeight);
            var seen = (right - left) / (double)Transform.ResizedWidth * (bottom - top) / Transform.ResizedHeight;
            return FormattableString.Invariant(
                $"columns {left} to {right} and rows {top} to {bottom} kept ({100 * seen:0} % of the picture)");
        }
    }

    private string? Padded => Transform.Left < 0 || Transform.Top < 0 ? $"centred on black {Transform.Width}x{Transform.Height}" : null;

    private static string Joined(
        IEnumerable<string?> steps, IReadOnlyList<float> mean, IReadOnlyList<float> deviation, string sizesFrom, string normalisationFrom)
    {
        var (sizes, normalised) = (string.Join(", ", steps.OfType<string>()), $"mean {Numbers(mean)}, std {Numbers(deviation)}");
        return sizesFrom == normalisationFrom
            ? $"{sizes}; {normalised} ({sizesFrom})"
            : $"{sizes} ({sizesFrom}); {normalised} ({normalisationFrom})";
    }

    private static string Filtered(ResizeFilter filter) => filter == ResizeFilter.Bicubic ? "bicubic" : "bilinear";

    private static string? Rescaled(double factor)
        => Math.Abs((factor * 255) - 1) < 1e-6 ? null : $"bytes times {factor.ToString("G4", CultureInfo.InvariantCulture)}";

    private static string Numbers(IReadOnlyList<float> values)
        => string.Join(' ', values.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture)));
}
