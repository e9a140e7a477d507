using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;

namespace Mambascope.Tests.Training.Data;

/// <summary>Drawn shapes as a user has pictures: a folder for each class.</summary>
internal static class ShapeFolders
{
    /// <summary>Writes the first pictures of the test split.</summary>
    public static void Write(string folder, int count)
    {
        var shapes = DatasetSpecification.Open($"shapes:test:{count}");
        for (var i = 0; i < count; i++)
        {
            var picture = shapes.Read(i);
            var own = Directory.CreateDirectory(Path.Combine(folder, shapes.ClassNames![picture.Label!.Value])).FullName;
            ImageFile.SavePng(picture.Image, Path.Combine(own, $"{i:000}.png"), overwrite: false);
        }
    }
}
