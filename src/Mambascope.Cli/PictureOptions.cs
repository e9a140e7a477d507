using System.CommandLine;
using Mambascope.Application;
using Mambascope.Imaging;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>How picture files are read: the options --as-stored, --window-center and --window-width.</summary>
internal sealed class PictureOptions
{
    private const string Tensors = ".safetensors";

    private readonly Option<bool> asStored = OptionKinds.Switch(
        "--as-stored",
        "Do not turn a picture upright as its EXIF or TIFF orientation says; the pipelines that models are trained with do not");

    private readonly Option<double?> center = OptionKinds.Number(
        "--window-center", "VALUE", "Of a DICOM picture: the value in the middle between black and white [default: the file's]");

    private readonly Option<double?> width = OptionKinds.Number(
        "--window-width", "VALUE", "Of a DICOM picture: how many values lie between black and white, 1 or more [default: the file's]");

    /// <summary>All of them.</summary>
    internal IReadOnlyList<Option> All => [asStored, center, width];

    /// <summary>How files are read by this command line.</summary>
    internal ImageFileOptions Read(Session session) => new()
    {
        IsTurnedUpright = !session.Arguments.GetValue(asStored),
        WindowCenter = session.Arguments.GetValue(center),
        WindowWidth = session.Arguments.GetValue(width),
    };

    /// <summary>Whether a file holds numbers that are normalised already.</summary>
    internal static bool IsTensors(string path) => path.EndsWith(Tensors, StringComparison.OrdinalIgnoreCase);

    /// <summary>An input as a model sees it: a picture is read and preprocessed, numbers are taken as they are.</summary>
    /// <exception cref="BadInputException">It cannot be read, or does not fit the model.</exception>
    internal static PictureSubject Read(GivenInput input, ImageFileOptions options, ImageClassifier classifier)
    {
        if (input.Bytes is null && IsTensors(input.Path))
        {
            return new(input.Path, classifier.ReadPixelValues(input.Path));
        }

        var decoded = input.Bytes is { } bytes ? ImageFile.Read(bytes, input.Path, options) : ImageFile.Read(input.Path, options);
        return new(input.Path, classifier.Preprocess(decoded.Image)) { Original = decoded.Image, Notes = decoded.Notes };
    }
}
