using System.Globalization;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// Which tar files a word means: one, those of a folder in the order of their names, or a pattern in braces as WebDataset writes it:
/// <c>shard-{000000..000127}.tar</c>, <c>{train,val}-{0..3}.tar</c>, in the order of the pattern.
/// </summary>
internal static class TarNames
{
    private const int Most = 100_000;

    /// <summary>The tar files, each with what tells it from the others; empty where there is one alone.</summary>
    /// <exception cref="BadInputException">None, too many, one twice, or no such pattern.</exception>
    internal static IReadOnlyList<(string Path, string Short)> Of(string word)
    {
        if (word.Length == 0)
        {
            throw new BadInputException(
                "webdataset: expected a tar file, a folder of them or a pattern such as shard-{000..127}.tar behind it");
        }

        if (word.Contains('{', StringComparison.Ordinal))
        {
            var fixedPart = word[..(word.LastIndexOf('/', word.IndexOf('{', StringComparison.Ordinal)) + 1)];
            return Distinct(word, [.. Expand(word).Select(path => (path, TarBytes.Bare(path[fixedPart.Length..])))]);
        }

        if (!Directory.Exists(word))
        {
            return [(word, "")];
        }

        var names = InputFile.Guarded(word, static folder => Directory.EnumerateFiles(folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => name[0] != '.' && TarBytes.Is(name))
            .Order(StringComparer.Ordinal)
            .ToArray());
        return names.Length > 0
            ? Distinct(word, [.. names.Select(name => (Path.Combine(word, name), TarBytes.Bare(name)))])
            : throw new BadInputException($"{word}: expected tar files (.tar, .tar.gz, .tgz) in the folder, found none");
    }

    private static (string Path, string Short)[] Distinct(string word, (string Path, string Short)[] found)
        => found.GroupBy(each => each.Short, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new BadInputException(
                $"{word}: two tar files are called {Printable.Name(twice.Key)}; results would not tell them apart")
            : found.Length == 1 ? [(found[0].Path, "")] : found;

    private static List<string> Expand(string word)
    {
        var open = word.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : word.IndexOf('}', open);
        if (open < 0)
        {
            return word.Contains('}', StringComparison.Ordinal) ? throw Misfit(word) : [word];
        }

        if (close < 0 || word.IndexOf('{', open + 1) is >= 0 and var inner && inner < close)
        {
            throw Misfit(word);
        }

        var choices = Choices(word[(open + 1)..close]) ?? throw Misfit(word);
        var rest = Expand(word[(close + 1)..]);
        return (long)choices.Count * rest.Count <= Most
            ? [.. choices.SelectMany(choice => rest.Select(end => word[..open] + choice + end))]
            : throw new BadInputException($"{word}: means more than {Most:N0} tar files");
    }

    // "000..127", as many digits as the first has, or "a,b".
    private static List<string>? Choices(string inner)
    {
        if (inner.Split("..") is not [var first, var last])
        {
            return inner.Contains(',', StringComparison.Ordinal) ? [.. inner.Split(',')] : null;
        }

        return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            && from <= to && to - from < Most
            ? [.. Enumerable.Range(from, to - from + 1)
                .Select(number => number.ToString($"D{(first[0] == '0' ? first.Length : 1)}", CultureInfo.InvariantCulture))]
            : null;
    }

    private static BadInputException Misfit(string word)
        => new($"{word}: expected a pattern such as shard-{{000000..000127}}.tar or {{a,b}}.tar");
}
