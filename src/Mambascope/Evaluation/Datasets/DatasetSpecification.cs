using System.Globalization;
using Mambascope.Evaluation.Datasets.Tars;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Data sets by one line of text:
/// <list type="bullet">
/// <item>
/// <c>fashion-scenes:SPLIT[:COUNT]</c>, SPLIT being test, two-items (both from garments inside this library), validation or train;
/// </item>
/// <item><c>fashion-scenes-hard:SPLIT[:COUNT]</c>, the same with garments that colours alone do not show;</item>
/// <item>
/// <c>fashion-scenes-marked:SPLIT[:COUNT]</c>, fashion scenes some of which have a coloured mark at the edge, see
/// <see cref="MarkedSceneDataset"/>; SPLIT being test, as-trained, validation or train;
/// </item>
/// <item><c>shapes:SPLIT[:COUNT]</c>, drawn here: SPLIT being test, validation or train;</item>
/// <item><c>medmnist:FILE.npz[:SPLIT]</c>, a file of MedMNIST, SPLIT being train, val or test, see <see cref="MedMnist"/>;</item>
/// <item>
/// <c>webdataset:FILE.tar</c>, a folder of tar files, or a pattern of them (<c>webdataset:shard-{000..127}.tar</c>), see
/// <see cref="TarDataset"/>; a path that ends in .tar, .tar.gz or .tgz needs no prefix;
/// </item>
/// <item>the path of <c>gtsegs_ijcv.mat</c>, ImageNet-Segmentation;</item>
/// <item>a folder of pictures with masks, see <see cref="MaskFolder"/>;</item>
/// <item>a folder of pictures with two objects and two masks each, see <see cref="TwoObjectFolder"/>;</item>
/// <item>
/// a folder with a folder for each class, or a flat one of pictures, see <see cref="PictureFolder"/>; labels.csv in it gives labels, as
/// <see cref="DatasetOptions.LabelsFile"/> does.
/// </item>
/// </list>
/// The data set is a function of the specification and the files it names: no order of a file system, no time, no chance.
/// </summary>
public static class DatasetSpecification
{
    private const string Scenes = FashionSceneDataset.Plain;
    private const string LabelsBeside = "labels.csv";
    private const int StandardCount = 1000;
    private const int StandardTwoItemCount = 500;

    /// <summary>Opens a data set.</summary>
    /// <param name="specification">As above.</param>
    /// <param name="options">Decoder, labels, columns, garments.</param>
    /// <exception cref="BadInputException">There is nothing of that name, or it is damaged or laid out in another way.</exception>
    /// <exception cref="ArgumentException">A folder of pictures without a decoder.</exception>
    public static IImageDataset Open(string specification, DatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        options ??= new();
        var dataset = OpenBare(specification, options);
        var labels = options.LabelsFile ?? (dataset.HasLabels ? null : Beside(specification));
        dataset = labels is null ? dataset : AnnotatedDataset.WithLabels(dataset, labels, options.Classes);
        return options.ColumnsFile is { } columns ? AnnotatedDataset.WithColumns(dataset, columns) : dataset;
    }

    private static IImageDataset OpenBare(string specification, DatasetOptions options)
    {
        var parts = specification.Split(':');
        if (parts[0] is FashionSceneDataset.Plain or FashionSceneDataset.Hard)
        {
            return OpenScenes(specification, parts, options);
        }

        if (parts[0] == MarkedSceneDataset.Prefix)
        {
            return OpenMarked(specification, parts, options);
        }

        if (ShapeScenes.Is(specification))
        {
            return ShapeScenes.Open(specification);
        }

        if (MedMnist.Is(specification))
        {
            return MedMnist.Open(specification);
        }

        if (TarDataset.Is(specification))
        {
            return TarDataset.Open(
                specification, options.DecodeBytes ?? throw new ArgumentException("Tar files need a decoder of bytes", nameof(options)),
                options.Classes);
        }

        if (Directory.Exists(specification))
        {
            var decode = options.Decode
                ?? throw new ArgumentException("A folder of pictures needs a decoder", nameof(options));
            return MaskFolder.Is(specification) ? MaskFolder.Open(specification, decode)
                : TwoObjectFolder.Is(specification) ? TwoObjectFolder.Open(specification, decode, options.Classes)
                : PictureFolder.Open(specification, decode, options.Classes);
        }

        return File.Exists(specification)
            ? SegmentationMatFile.Open(specification)
            : throw new BadInputException(
                $"{specification}: expected a data set, found no such file or folder; known are {Scenes}:test:200, {Scenes}:two-items:500, "
                    + $"{FashionSceneDataset.Hard}:test:200, {MarkedSceneDataset.Prefix}:test:500, {ShapeScenes.Prefix}:test:200, "
                    + $"{MedMnist.Prefix}:FILE.npz:test, {TarDataset.Prefix}FILE.tar (or a folder or pattern of them), a .mat file of "
                    + "ImageNet-Segmentation, and folders: with a folder for each "
                    + "class, with images and masks, or of pictures alone");
    }

    private static string? Beside(string folder)
    {
        var file = Path.Combine(folder, LabelsBeside);
        return Directory.Exists(folder) && File.Exists(file) ? file : null;
    }

    private static FashionSceneDataset OpenScenes(string specification, string[] parts, DatasetOptions options)
    {
        var split = parts.Length > 1 ? parts[1] : "test";
        var count = parts.Length > 2 ? Count(specification, parts) : split == "two-items" ? StandardTwoItemCount : StandardCount;
        var (family, style) = (parts[0], parts[0] == FashionSceneDataset.Hard ? SceneStyle.Hard : SceneStyle.Plain);
        return split switch
        {
            "test" => FashionSceneDataset.OneItem(FashionScenes.Test(style: style), split, count, family),
            "two-items" => FashionSceneDataset.TwoItems(FashionScenes.Test(style: style), split, count, family),
            "validation" => FashionSceneDataset.OneItem(
                FashionScenes.Validation(FashionMnist.Train(options.GarmentFolder), style: style), split, count, family),
            "train" => FashionSceneDataset.OneItem(
                FashionScenes.Train(FashionMnist.Train(options.GarmentFolder), style: style), split, count, family),
            _ => throw new BadInputException(
                $"{specification}: expected {family}:SPLIT:COUNT with SPLIT test, two-items, validation or train, for example "
                    + $"{family}:test:200"),
        };
    }

    private static MarkedSceneDataset OpenMarked(string specification, string[] parts, DatasetOptions options)
        => MarkedSceneDataset.Open(
                parts.Length > 1 ? parts[1] : "test", parts.Length > 2 ? Count(specification, parts) : StandardCount, options.GarmentFolder)
            ?? throw new BadInputException(
                $"{specification}: expected {parts[0]}:SPLIT:COUNT with SPLIT test, as-trained, validation or train, for example "
                    + $"{parts[0]}:test:500");

    private static int Count(string specification, string[] parts)
        => parts.Length == 3
        && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count is >= 1 and <= FashionSceneDataset.MaxCount
            ? count
            : throw new BadInputException(
                $"{specification}: expected {parts[0]}:SPLIT:COUNT with COUNT from 1 to {FashionSceneDataset.MaxCount}, for example "
                    + $"{parts[0]}:test:200");
}
