using System.Globalization;
using System.Text.RegularExpressions;

namespace Mambascope.Checkpoints;

/// <summary>
/// A GGUF model in several files of one folder, NAME-00001-of-00003.gguf and so on. The first holds the metadata, each says its number
/// (split.no, from 0) and how many there are (split.count); all are needed, whichever was named.
/// </summary>
internal sealed partial class GgufSplit : TensorSource
{
    // llama.cpp writes five digits.
    private const int MostFiles = 9_999;

    private readonly List<GgufFile> parts = [];
    private readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GgufFile> partOf = new(StringComparer.Ordinal);

    private GgufSplit()
    {
    }

    public override IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    public override IReadOnlyDictionary<string, string> Metadata => parts[0].Metadata;

    public override GgufMetadata Gguf => parts[0].Gguf;

    /// <summary>Opens a file, and the others of its model where there are some.</summary>
    public static TensorSource Open(string file)
    {
        var first = GgufFile.Open(file);
        try
        {
            var count = first.Gguf.WholeOrNull("split.count") ?? 1;
            if (count <= 1)
            {
                return first;
            }

            first.Dispose();
            return Open(file, count);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>The first file of the only split model of a folder; null where there is none, or several.</summary>
    public static string? FirstOf(string folder)
    {
        var found = Directory.GetFiles(folder, "*.gguf");
        var first = Array.FindAll(found, file => Name().Match(file) is { Success: true } match && Number(match, "no") == 1);
        return first.Length == 1 && found.All(file => Name().IsMatch(file)) ? first[0] : null;
    }

    public override string FileOf(string name) => partOf[name].FileOf(name);

    public override void Read(TensorInfo tensor, Span<byte> destination) => partOf[tensor.Name].Read(tensor, destination);

    public override void Dispose()
    {
        foreach (var part in parts)
        {
            part.Dispose();
        }
    }

    private static GgufSplit Open(string file, int count)
    {
        var match = Name().Match(file);
        if (!match.Success || Number(match, "count") != count || count > MostFiles)
        {
            throw new BadInputException($"{file} is one of {count} files of a model, but is not named NAME-00001-of-{count:D5}.gguf, " +
                "so that the others are not found");
        }

        var split = new GgufSplit();
        try
        {
            for (var no = 0; no < count; no++)
            {
                split.Add($"{match.Groups["name"].Value}-{no + 1:D5}-of-{count:D5}.gguf", no, count);
            }

            return split.Gguf.WholeOrNull("split.tensors.count") is { } stated && stated != split.tensors.Count
                ? throw new BadInputException($"{file}: split.tensors.count is {stated}, but the {count} files of the model hold " +
                    $"{split.tensors.Count} tensors")
                : split;
        }
        catch
        {
            split.Dispose();
            throw;
        }
    }

    private void Add(string file, int no, int count)
    {
        var part = GgufFile.Open(file);
        parts.Add(part);
        if (part.Gguf.Whole("split.no") != no || part.Gguf.Whole("split.count") != count)
        {
            throw new BadInputException($"{file} says that it is file {part.Gguf.Whole("split.no") + 1L} of " +
                $"{part.Gguf.Whole("split.count")}, expected {no + 1} of {count}");
        }

        foreach (var (name, tensor) in part.Tensors)
        {
            if (!tensors.TryAdd(name, tensor))
            {
                throw new BadInputException($"tensor {Printable.Name(name)} is in both {partOf[name].FileOf(name)} and {file}");
            }

            partOf.Add(name, part);
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<name>.*)-(?<no>[0-9]{5})-of-(?<count>[0-9]{5})\.gguf$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        10_000)]
    private static partial Regex Name();
}
