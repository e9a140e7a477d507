using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Checkpoints;

namespace Mambascope.Tests.Evaluation.Datasets;

/// <summary>Small pictures as files of a test's folder.</summary>
internal static class TestPictures
{
    /// <summary>Decodes with the real decoder.</summary>
    public static RgbImage Decode(string path) => ImageFile.Decode(path);

    /// <summary>Writes a PNG whose pixels depend on the seed, and returns the picture. Folders of the name are made.</summary>
    public static RgbImage WritePicture(this TemporaryFolder folder, string name, int width = 6, int height = 4, int seed = 0)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return folder.WritePicture(name, image);
    }

    /// <summary>Writes a PNG.</summary>
    public static RgbImage WritePicture(this TemporaryFolder folder, string name, RgbImage image)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        ImageFile.SavePng(image, folder.File(name), overwrite: true);
        return image;
    }
}
