using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Recipes;

/// <summary>Writes the pictures in samples/: test scenes as users would have them, each with the exact mask of its garments.</summary>
internal static class SamplePictures
{
    private const int SingleScenes = 24;
    private const int TwoItemScenes = 12;

    // The scene that the README explains: a trouser and a sandal, told apart at a glance.
    private const int ShownTwoItemScene = 1;

    /// <summary>Writes everything below <paramref name="folder"/>; files of the same name are replaced.</summary>
    public static void Write(string folder)
    {
        var scenes = FashionScenes.Test();
        var single = Directory.CreateDirectory(Path.Combine(folder, "scenes")).FullName;
        for (var i = 0; i < SingleScenes; i++)
        {
            var scene = scenes.Scene(i);
            var name = $"{i:00}-{Slug(scene.Label)}";
            Save(Path.Combine(single, name + ".png"), scene.Pixels);
            Save(Path.Combine(single, name + ".mask.png"), MaskPixels(scene.Mask));
        }

        var pairs = Directory.CreateDirectory(Path.Combine(folder, "two-items")).FullName;
        for (var i = 0; i < TwoItemScenes; i++)
        {
            var scene = scenes.TwoItem(i);
            var (first, second) = (Slug(scene.FirstLabel), Slug(scene.SecondLabel));
            var name = $"{i:00}-{first}-and-{second}";
            Save(Path.Combine(pairs, name + ".png"), scene.Pixels);
            Save(Path.Combine(pairs, $"{name}.{first}.mask.png"), MaskPixels(scene.FirstMask));
            Save(Path.Combine(pairs, $"{name}.{second}.mask.png"), MaskPixels(scene.SecondMask));
        }

        Save(Path.Combine(folder, "two-items.png"), scenes.TwoItem(ShownTwoItemScene).Pixels);
    }

    private static void Save(string path, byte[] pixels)
        => ImageFile.SavePng(new RgbImage(FashionScenes.Size, FashionScenes.Size, pixels), path, overwrite: true);

    private static byte[] MaskPixels(byte[] mask)
        => [.. mask.SelectMany(inside => Enumerable.Repeat(inside != 0 ? (byte)255 : (byte)0, 3))];

    // "T-shirt/top" becomes "t-shirt-top".
    private static string Slug(int label)
        => FashionScenes.ClassNames[label].ToLowerInvariant().Replace('/', '-').Replace(' ', '-');
}
