using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// <c>sizes.json</c> beside tar files: the number of pictures in each by its file name, as tools that write WebDatasets leave it. With it,
/// a task of many reads the headers of its own tar files and no others.
/// </summary>
internal static class TarSizes
{
    private const string FileName = "sizes.json";
    private const int LargestFile = 16 << 20;
    private const int Most = 1 << 30;

    /// <summary>Pictures in each of the tar files; null where nothing says it of all of them.</summary>
    /// <exception cref="BadInputException">A file is damaged, or says what cannot be.</exception>
    internal static int[]? Read(IReadOnlyList<string> tars)
    {
        var byFolder = new Dictionary<string, Dictionary<string, int>?>(StringComparer.Ordinal);
        var sizes = new int[tars.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            var folder = Path.GetDirectoryName(tars[i]) ?? "";
            if (!byFolder.TryGetValue(folder, out var known))
            {
                byFolder.Add(folder, known = OfFolder(Path.Combine(folder, FileName)));
            }

            if (known is null || !known.TryGetValue(Path.GetFileName(tars[i]), out sizes[i]))
            {
                return null;
            }
        }

        return sizes.Sum(size => (long)size) <= Most
            ? sizes
            : throw new BadInputException($"{FileName} beside the tar files says more than {Most:N0} pictures");
    }

    private static Dictionary<string, int>? OfFolder(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(TextFile.ToUtf8(InputFile.ReadAll(path, LargestFile), path));
            var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var size) || size is < 1 or > Most)
                {
                    throw new BadInputException(
                        $"{path}: expected the number of pictures of {Printable.Name(entry.Name)}, found "
                            + Printable.Name(entry.Value.GetRawText()));
                }

                sizes[entry.Name] = size;
            }

            return sizes;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new BadInputException(
                $"{path}: expected {{\"NAME.tar\": PICTURES, ...}} ({Printable.Reason(error)}); mend it or take it away", error);
        }
    }
}
