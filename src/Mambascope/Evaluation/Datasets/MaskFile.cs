using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>A mask as a picture file of its picture's size: whatever is not black is the object.</summary>
internal static class MaskFile
{
    /// <summary>How names of masks end that lie beside their pictures, in the place of the picture's own ending.</summary>
    internal static IReadOnlyList<string> Endings { get; } = [".mask.png", "_mask.png"];

    /// <summary>How the name of a file ends that says where a mark stands, or may stand: <see cref="DatasetImage.Mark"/>.</summary>
    internal const string MarkEnding = ".mark.png";

    /// <summary>Whether a file is a mask by its name.</summary>
    internal static bool Is(string name) => Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a file says where a mark stands, by its name.</summary>
    internal static bool IsMark(string name) => name.EndsWith(MarkEnding, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the mask of a picture.</summary>
    /// <exception cref="BadInputException">Missing, damaged, or of another size.</exception>
    internal static byte[] Read(string path, RgbImage image, string imagePath, Func<string, RgbImage> decode)
        => Of(decode(path), path, image, imagePath);

    /// <summary>The mask of a picture out of what was drawn.</summary>
    /// <exception cref="BadInputException">Of another size.</exception>
    internal static byte[] Of(RgbImage drawn, string path, RgbImage image, string imagePath)
    {
        if (drawn.Width != image.Width || drawn.Height != image.Height)
        {
            throw new BadInputException(
                $"{path}: expected a mask of {image.Width}x{image.Height}, the size of {imagePath}, found {drawn.Width}x{drawn.Height}");
        }

        var mask = new byte[image.Width * image.Height];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)((drawn.Pixels[3 * i] | drawn.Pixels[(3 * i) + 1] | drawn.Pixels[(3 * i) + 2]) == 0 ? 0 : 1);
        }

        return mask;
    }
}
