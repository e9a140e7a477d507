using System.Globalization;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;

namespace Mambascope.Training;

/// <summary>
/// Pictures for training by one line of text (see <see cref="TrainingSettings.Data"/>), still as data sets: what there is to train on, and
/// what its own split holds out, if it has one.
/// </summary>
/// <param name="Train">To train on, and to hold out from where there is no split.</param>
/// <param name="Validation">The data's own validation cases.</param>
/// <param name="Test">The data's own test cases.</param>
/// <param name="ClassNames">Null where the data does not say them.</param>
internal sealed record PictureSource(
    IImageDataset Train, IImageDataset? Validation, IImageDataset? Test, IReadOnlyList<string>? ClassNames)
{
    private const int ScenesToTrain = 20_000;
    private const int ShapesToTrain = 4000;
    private const int GeneratedToTest = 2000;
    private static readonly string[] validationFolders = ["val", "valid", "validation"];

    /// <summary>Opens it; pictures are not read yet.</summary>
    /// <exception cref="BadInputException">There is nothing of that name, or it is laid out in another way.</exception>
    public static PictureSource Open(string data, TrainingOptions options)
    {
        if (MedMnist.Is(data))
        {
            return OfMedMnist(data);
        }

        var parts = data.Split(':');
        if (parts[0] is ShapeScenes.Prefix or FashionSceneDataset.Plain or FashionSceneDataset.Hard)
        {
            return Generated(data, parts, options);
        }

        return Directory.Exists(data)
            ? OfFolder(data, options.Decode ?? throw new ArgumentException("A folder of pictures needs a decoder", nameof(options)))
            : throw new BadInputException(
                $"{data}: expected data to train on, found no such folder; known are a folder with a folder for each class, "
                    + $"{MedMnist.Prefix}:FILE.npz, {ShapeScenes.Prefix} and {FashionSceneDataset.Plain}");
    }

    private static PictureSource OfMedMnist(string data)
    {
        var file = data[(MedMnist.Prefix.Length + 1)..];
        if (!file.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadInputException($"{data}: expected {MedMnist.Prefix}:FILE.npz; its train, val and test arrays are taken all three");
        }

        return new(
            MedMnist.Open($"{data}:train"),
            MedMnist.Has(file, "val") ? MedMnist.Open($"{data}:val") : null,
            MedMnist.Has(file, "test") ? MedMnist.Open($"{data}:test") : null,
            ClassNames: null);
    }

    private static PictureSource Generated(string data, string[] parts, TrainingOptions options)
    {
        var count = parts[0] == ShapeScenes.Prefix ? ShapesToTrain : ScenesToTrain;
        if (
            parts.Length > 2
            || (parts.Length == 2
                && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1)))
        {
            throw new BadInputException($"{data}: expected {parts[0]} or {parts[0]}:COUNT, COUNT being how many to train on");
        }

        var others = Math.Min(GeneratedToTest, Math.Max(1, count / 2));
        var open = new DatasetOptions { GarmentFolder = options.GarmentFolder };
        var train = DatasetSpecification.Open($"{parts[0]}:train:{count}", open);
        return new(
            train,
            DatasetSpecification.Open($"{parts[0]}:validation:{others}", open),
            DatasetSpecification.Open($"{parts[0]}:test:{others}", open),
            train.ClassNames);
    }

    private static PictureSource OfFolder(string folder, Func<string, RgbImage> decode)
    {
        var train = Path.Combine(folder, "train");
        if (!Directory.Exists(train) || ClassFolders.ClassesIn(train).Length == 0)
        {
            var names = ClassFolders.ClassesIn(folder);
            return new(new ClassFolders(folder, names, decode), Validation: null, Test: null, names);
        }

        var classes = ClassFolders.ClassesIn(train);
        var validation = validationFolders.Select(name => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists);
        var test = Path.Combine(folder, "test");
        return new(new ClassFolders(train, classes, decode), Split(validation), Split(Directory.Exists(test) ? test : null), classes);

        ClassFolders? Split(string? inner)
            => inner is null ? null
                : ClassFolders.ClassesIn(inner).Except(classes, StringComparer.Ordinal).FirstOrDefault() is { } unknown
                    ? throw new BadInputException(
                        $"{Path.Combine(inner, unknown)}: no folder of {train} is called so; splits must have the same classes")
                    : new ClassFolders(inner, classes, decode);
    }
}
