namespace Mambascope.Inputs.Series;

/// <summary>
/// Reads series and tables: <c>.ts</c> (UCR and UEA archives), <c>.csv</c>, <c>.tsv</c> and <c>.npz</c>.
/// <code>
/// var data = SeriesFile.Read("GunPoint_TRAIN.ts");
/// Console.WriteLine($"{data.Cases.Count} cases of {data.Classes.Count} classes, the first {data.Cases[0].Length} steps long");
/// </code>
/// </summary>
public static class SeriesFile
{
    /// <summary>How names of such files end.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".ts", ".csv", ".tsv", ".npz"];

    /// <summary>Whether a name, FILE or FILE#CASE, is that of such a file.</summary>
    public static bool Is(string name) => Endings.Any(ending => Split(name).Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The parts of FILE#CASE; no case where a file is called so as a whole.</summary>
    public static (string Path, string? Case) Split(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var at = name.LastIndexOf('#');
        return at <= 0 || File.Exists(name) ? (name, null) : (name[..at], name[(at + 1)..]);
    }

    /// <summary>Reads all cases of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known of it beforehand.</param>
    /// <exception cref="BadInputException">Missing, damaged, too large, or other than the options say.</exception>
    public static SeriesData Read(string path, SeriesFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new();
        var data =
            Ends(".ts") ? TsFile.Read(path)
            : Ends(".npz") ? NpzSeries.Read(path)
            : Ends(".csv") || Ends(".tsv") ? CsvSeries.Read(path, options)
            : throw new BadInputException($"{path}: expected a name that ends in {string.Join(", ", Endings)}");
        if (data.Cases.Count == 0)
        {
            throw new BadInputException($"{path} holds no cases");
        }

        return options.Format is { } format ? data with { Format = Fitting(data, format) } : data;

        bool Ends(string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
    }

    private static SeriesFormat Fitting(SeriesData data, SeriesFormat format)
    {
        var (found, wanted) = (data.Format.Variables.Count, format.Variables.Count);
        return data.Format.Kind != format.Kind
            ? throw new BadInputException(
                $"{data.Path} holds {Words(data.Format.Kind)}, but {Words(format.Kind)} are read here: {Listed(format)}")
            : found != wanted
                ? throw new BadInputException(
                    $"{data.Path} has {found} channel{(found == 1 ? "" : "s")}, expected {wanted}: {Listed(format)}")
                : format;
    }

    private static string Words(SeriesKind kind) => kind == SeriesKind.Steps ? "series" : "rows of a table";

    internal static string Listed(SeriesFormat format)
    {
        const int Most = 8;
        return string.Join(", ", format.Variables.Take(Most).Select(variable => Printable.Name(variable.Name)))
            + (format.Variables.Count > Most ? " ..." : "");
    }
}
