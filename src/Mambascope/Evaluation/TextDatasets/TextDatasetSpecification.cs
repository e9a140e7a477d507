using System.Globalization;
using Mambascope.Evaluation.Planted;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Data sets of text by one word:
/// <list type="bullet">
/// <item><c>TASK:COUNT[:SEED]</c>, planted truth, see <see cref="PlantedTasks"/>;</item>
/// <item>a <c>.txt</c> file, cut into windows, see <see cref="WindowedText"/>;</item>
/// <item>a <c>.jsonl</c> file: in the format of BLiMP (<see cref="MinimalPairs"/>), of ERASER (<see cref="EraserDataset"/>), of ARC
/// (<see cref="MultipleChoice"/>), with texts and classes (<see cref="LabelledFiles"/>) or with texts (<see cref="JsonTexts"/>), told apart
/// by the names in its first line;</item>
/// <item>a <c>.tsv</c> or <c>.csv</c> of texts with classes, as SST-2 and IMDb come, see <see cref="LabelledFiles"/>;</item>
/// <item>a folder of <c>.jsonl</c> files in BLiMP's format, or IMDb's with the folders <c>pos</c> and <c>neg</c>.</item>
/// </list>
/// The data set is a function of the word, the options and the files it names.
/// </summary>
public static class TextDatasetSpecification
{
    private const int MaxCount = 1_000_000;
    private const string Lines = ".jsonl";

    private static readonly string[] tables = [".tsv", ".csv"];

    /// <summary>What can be named, in words.</summary>
    public static string Known { get; } =
        $"{string.Join(", ", PlantedTasks.All.Select(task => $"{task.Name}:200"))}, a .txt file, a {Lines} file with \"text\" a line or in "
            + $"the format of ERASER, BLiMP or ARC, a .tsv or .csv with sentence or text and label (SST-2, IMDb), a folder of BLiMP's "
            + $"{Lines} files, IMDb's folder with pos and neg";

    /// <summary>Opens a data set.</summary>
    /// <exception cref="BadInputException">
    /// There is nothing of that name, it is damaged or laid out in another way, or an option does not fit.
    /// </exception>
    public static ITextDataset Open(string specification, TextDatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        options ??= new();
        var all = OpenAll(specification, options);
        return options.Questions is { } count ? EvenTexts.Of(all, count) : all;
    }

    private static ITextDataset OpenAll(string specification, TextDatasetOptions options)
    {
        var parts = specification.Split(':');
        if (PlantedTasks.All.FirstOrDefault(task => task.Name == parts[0]) is { } planted)
        {
            return
                parts.Length is 2 or 3
                && Number(parts[1], out var count)
                && count is >= 1 and <= MaxCount
                && Number(parts.Length == 3 ? parts[2] : $"{PlantedDataset.TestSeed}", out var seed)
                ? new PlantedDataset(planted, count, seed)
                : throw new BadInputException(
                    $"{specification}: expected {planted.Name}:COUNT or {planted.Name}:COUNT:SEED with COUNT from 1 to {MaxCount}, for "
                        + $"example {planted.Name}:200");
        }

        if (Directory.Exists(specification))
        {
            return OpenFolder(specification, options);
        }

        return !File.Exists(specification)
                ? throw new BadInputException(
                    $"{specification}: expected a data set of text, found no such file or folder; known are {Known}")
            : specification.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
                ? WindowedText.Open(specification, options.Windows, options.WindowLength)
            : tables.Any(ending => specification.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                ? ClassifiedTexts.Open(specification, LabelledFiles.OfTable(specification), options)
            : OpenLines(specification, options);
    }

    private static ITextDataset OpenLines(string path, TextDatasetOptions options)
    {
        var lines = JsonLines.Read(path);
        var first = lines[0];
        return first["sentence_good"] is not null ? MinimalPairs.Open(path, lines, options.Begin)
            : first["evidences"] is not null ? EraserDataset.Open(path, lines, options)
            : MultipleChoice.Is(first) ? MultipleChoice.Open(path, lines, options.Prompt)
            : LabelledFiles.IsLines(first, options.Answers is not null)
                ? ClassifiedTexts.Open(path, LabelledFiles.OfLines(lines), options)
            : first["text"] is not null ? JsonTexts.Open(path, lines, options.Prompt ?? "")
            : throw new BadInputException(
                $"{first.Where} expected \"text\", \"sentence_good\" (BLiMP), \"evidences\" (ERASER) or \"question\" and \"answerKey\" "
                    + "(ARC), found none of them");
    }

    private static ITextDataset OpenFolder(string folder, TextDatasetOptions options)
    {
        if (LabelledFiles.IsFolder(folder))
        {
            return ClassifiedTexts.Open(folder, LabelledFiles.OfFolder(folder), options);
        }

        string[] files = [.. Directory.EnumerateFiles(folder, $"*{Lines}").Order(StringComparer.Ordinal)];
        if (files.Length == 0 || Directory.Exists(Path.Combine(folder, "docs")))
        {
            throw new BadInputException(
                $"{folder}: expected {Lines} files in BLiMP's format, found "
                    + (files.Length == 0
                        ? "none"
                        : $"a folder docs as in ERASER's: name one of its files, such as {Path.GetFileName(files[0])}"));
        }

        return MinimalPairs.Open(folder, files.SelectMany(JsonLines.Read), options.Begin);
    }

    private static bool Number(string word, out int number)
        => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
