using System.Globalization;
using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>What the classes of a classifier are called. A class without a label is called "class 7".</summary>
public sealed class ClassLabels
{
    private const int LargestFile = 4 << 20;
    private const int MostSuggestions = 3;

    private readonly string?[] labels;

    private ClassLabels(string?[] labels) => this.labels = labels;

    /// <summary>Number of classes.</summary>
    public int Count => labels.Length;

    /// <summary>Whether any class has a label.</summary>
    public bool Any => labels.Any(label => label is not null);

    /// <summary>The label of a class.</summary>
    public string this[int index] => labels[index] ?? $"class {index}";

    /// <summary>
    /// From a map such as a config's id2label. An empty one gives classes without labels; a model of exactly 1000 classes then gets
    /// ImageNet's, the only thousand that such models are trained on.
    /// </summary>
    /// <exception cref="BadInputException">A label belongs to no class of the model.</exception>
    public static ClassLabels Of(IReadOnlyDictionary<int, string> names, int classes, string where)
    {
        if (names.Count == 0 && classes == ImageNetClasses.Count)
        {
            return new([.. ImageNetClasses.Labels]);
        }

        var ordered = new string?[classes];
        foreach (var (index, name) in names)
        {
            if (index < 0 || index >= classes)
            {
                throw new BadInputException(
                    $"{where}: there is a label for class {index}, but the model has {classes} classes (0 to {classes - 1})");
            }

            ordered[index] = Printable.Name(name);
        }

        return new(ordered);
    }

    /// <summary>
    /// From a file: one label a line, a JSON list of labels, or a JSON object from class index to label (or to a list whose last
    /// entry is the label, as in ImageNet's class index).
    /// </summary>
    /// <exception cref="BadInputException">Unreadable, of another form, or not one label for every class.</exception>
    public static ClassLabels Read(string path, int classes)
    {
        var text = TextFile.Read(path, LargestFile);
        var names = text.TrimStart() is ['[' or '{', ..] ? FromJson(text, path) : Lines(text);
        return names.Count == classes
            ? Of(names, classes, path)
            : throw new BadInputException($"{path}: there are {names.Count} labels, but the model has {classes} classes");
    }

    /// <summary>
    /// The class that a user means: an index, or a label; case does not matter, and of a label with synonyms ("tench, Tinca tinca")
    /// one is enough.
    /// </summary>
    /// <exception cref="BadInputException">No class, or several, are called so; the message names close ones.</exception>
    public int Find(string target)
    {
        if (int.TryParse(target, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            return index >= 0 && index < Count
                ? index
                : throw new BadInputException($"class {index} does not exist; the model has classes 0 to {Count - 1}");
        }

        var named = Enumerable.Range(0, Count).Where(i => Same(labels[i], target)).ToArray();
        var found =
            named.Length > 0
                ? named
                : [.. Enumerable.Range(0, Count).Where(i => labels[i]?.Split(',').Any(part => Same(part.Trim(), target)) ?? false)];
        return found.Length switch
        {
            1 => found[0],
            0 when !Any => throw new BadInputException(
                $"no class is called {Printable.Name(target)}: the model comes without labels; give a class index from 0 to {Count - 1}, "
                    + "or --labels FILE"),
            0 => throw new BadInputException($"no class is called {Printable.Name(target)}; {Closest(target)}"),
            _ => throw new BadInputException(
                $"{found.Length} classes are called {Printable.Name(target)} ({string.Join(", ", found.Take(5))}); give the index"),
        };
    }

    private static bool Same(string? label, string target) => string.Equals(label, target, StringComparison.OrdinalIgnoreCase);

    private string Closest(string target)
    {
        var lower = target.ToLowerInvariant();
        var closest = labels.OfType<string>()
            .OrderByDescending(label => label.Contains(target, StringComparison.OrdinalIgnoreCase))
            .ThenBy(label =>
                ClosestNames.EditDistance(label.ToLowerInvariant() is { Length: > 100 } l ? l[..100] : label.ToLowerInvariant(), lower))
            .Take(MostSuggestions);
        return Count <= 20
            ? $"the classes are {string.Join(", ", labels.OfType<string>())}"
            : $"the closest labels are {string.Join("; ", closest)}";
    }

    private static Dictionary<int, string> Lines(string text)
        => text.ReplaceLineEndings("\n")
            .TrimEnd('\n')
            .Split('\n')
            .Select((line, i) => (i, line.Trim()))
            .ToDictionary(pair => pair.i, pair => pair.Item2);

    private static Dictionary<int, string> FromJson(string text, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? document
                    .RootElement.EnumerateArray()
                    .Select((value, i) => (i, value))
                    .ToDictionary(pair => pair.i, pair => Label(pair.value, path))
                : document.RootElement.EnumerateObject().ToDictionary(entry => Index(entry.Name, path), entry => Label(entry.Value, path));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new BadInputException(
                $"{path} holds no labels: expected one a line, a JSON list, or a JSON object from class index to label "
                    + $"({Printable.Reason(error)})",
                error);
        }
    }

    private static int Index(string key, string path)
        => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : throw new BadInputException(
                $"{path}: {Printable.Name(key)} is no class index; expected an object such as {{\"0\": \"cat\", \"1\": \"dog\"}}");

    private static string Label(JsonElement value, string path)
    {
        var label = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? value[value.GetArrayLength() - 1] : value;
        return label.ValueKind == JsonValueKind.String
            ? label.GetString()!
            : throw new BadInputException($"{path}: {Printable.Name(value.GetRawText())} is no label; expected text");
    }
}
