using System.Text;
using System.Text.Json;

namespace Mambascope.Checkpoints;

/// <summary>
/// A config.json or preprocessor_config.json: named values of known kinds. A key whose value is null counts as absent.
/// Every wrong value is a <see cref="BadInputException"/> that names file, key, expected and found.
/// </summary>
public sealed class ConfigFile
{
    // The largest in use name 22,000 classes in 2 MB. Parsed, every byte may become twenty.
    private const string Given = "what was given with --config";

    private const int LargestFile = 4 << 20;

    private readonly Dictionary<string, JsonElement> values;
    private readonly string prefix;

    private ConfigFile(string path, string prefix, Dictionary<string, JsonElement> values, bool isFile = true)
    {
        IsFile = isFile;
        Path = path;
        this.prefix = prefix;
        this.values = values;
    }

    /// <summary>The file that was read.</summary>
    public string Path { get; }

    /// <summary>Whether there is a file; not where all that is known was given by hand.</summary>
    internal bool IsFile { get; }

    /// <summary>The keys that have a value.</summary>
    public IReadOnlyCollection<string> Keys => values.Keys;

    /// <summary>Reads a file that must be there.</summary>
    /// <exception cref="BadInputException">The file is missing or is not a JSON object.</exception>
    public static ConfigFile Load(string path)
    {
        var bytes = InputFile.ReadAll(path, LargestFile);
        try
        {
            using var document = Parse(TextFile.ToUtf8(bytes, path));
            var members = Members(document.RootElement.Clone(), path, "the file");
            ConfigSpelling.Unify(members);
            return new ConfigFile(path, "", members);
        }
        catch (JsonException error)
        {
            throw new BadInputException(ForeignFile.Describe(bytes) is { } kind
                ? $"{path} {kind}; expected a configuration in JSON"
                : $"{path} is not valid JSON: {Printable.Reason(error)}", error);
        }
        catch (InvalidOperationException error)
        {
            // Text that ends within a character (a lone surrogate, \ud800) is only found out where it is read.
            throw new BadInputException($"{path} holds a text that is none: {Printable.Reason(error)}", error);
        }
    }

    /// <summary>What another file says in place of a config.json.</summary>
    internal static ConfigFile Of(string path, JsonElement root) => new(path, "", Members(root, path, "its metadata"));

    /// <summary>A file, or none, with values given by hand in place of its own; null where there is neither.</summary>
    /// <param name="file">The file, if any.</param>
    /// <param name="given">By key: JSON, or words without quotes.</param>
    internal static ConfigFile? With(ConfigFile? file, IReadOnlyDictionary<string, string> given)
    {
        if (given.Count == 0)
        {
            return file;
        }

        var members = new Dictionary<string, JsonElement>(file?.values ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in given)
        {
            members[key] = Value(value);
        }

        ConfigSpelling.Unify(members);
        return new(file?.Path ?? Given, "", members, file is not null);
    }

    private static JsonElement Value(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return ReflectedJson.Element(text);
        }
    }

    /// <summary>Reads a file, or null where there is none.</summary>
    /// <exception cref="BadInputException">The file is there but is not a JSON object.</exception>
    public static ConfigFile? LoadIfPresent(string path) => File.Exists(path) ? Load(path) : null;

    /// <summary>Whether a key has a value other than null.</summary>
    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>Whether a key has text for a value.</summary>
    internal bool IsText(string key) => values.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.String;

    /// <summary>A whole number that must be there.</summary>
    /// <exception cref="BadInputException">Absent, or no whole number of 32 bits.</exception>
    public int GetInt32(string key) => Number(key).TryGetInt32(out var value) ? value : throw Wrong(key, "a whole number");

    /// <summary>A whole number, or the given one where the key is absent.</summary>
    /// <exception cref="BadInputException">No whole number of 32 bits.</exception>
    public int GetInt32(string key, int absent) => Has(key) ? GetInt32(key) : absent;

    /// <summary>A number that must be there.</summary>
    /// <exception cref="BadInputException">Absent, or no number.</exception>
    public double GetDouble(string key)
        => Number(key).TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Wrong(key, "a number");

    /// <summary>A number, or the given one where the key is absent.</summary>
    /// <exception cref="BadInputException">No number.</exception>
    public double GetDouble(string key, double absent) => Has(key) ? GetDouble(key) : absent;

    /// <summary>A truth value, or the given one where the key is absent.</summary>
    /// <exception cref="BadInputException">Neither true nor false.</exception>
    public bool GetBoolean(string key, bool absent)
    {
        return !Has(key) ? absent : values[key].ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false"),
        };
    }

    /// <summary>Text that must be there.</summary>
    /// <exception cref="BadInputException">Absent, or no text.</exception>
    public string GetString(string key) => Text(Required(key, "text")) ?? throw Wrong(key, "text");

    /// <summary>Text, or the given one where the key is absent.</summary>
    /// <exception cref="BadInputException">No text.</exception>
    public string GetString(string key, string absent) => Has(key) ? GetString(key) : absent;

    /// <summary>A list of numbers, or null where the key is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mayBeInfinite">Whether a number may be infinite, as in a list of limits.</param>
    /// <exception cref="BadInputException">No list of numbers.</exception>
    public double[]? GetDoubles(string key, bool mayBeInfinite = false)
    {
        if (!values.TryGetValue(key, out var list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array || !list.EnumerateArray().All(item => Double(item) is not null))
        {
            throw Wrong(key, "a list of numbers");
        }

        double[] numbers = [.. list.EnumerateArray().Select(item => Double(item)!.Value)];
        return numbers.All(number => double.IsFinite(number) || mayBeInfinite) ? numbers : throw Wrong(key, "a list of finite numbers");
    }

    /// <summary>Whether the value under a key is exactly that text.</summary>
    internal bool IsText(string key, string text) => values.TryGetValue(key, out var value) && Text(value) == text;

    /// <summary>A list of text, or null where the key is absent.</summary>
    /// <exception cref="BadInputException">No list of text.</exception>
    internal string[]? GetStrings(string key)
        => !values.TryGetValue(key, out var list) ? null
            : list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => Text(item) is not null)
                ? [.. list.EnumerateArray().Select(item => Text(item)!)]
                : throw Wrong(key, "a list of text");

    /// <summary>A whole number or a list of them, none below <paramref name="least"/>; null where the key is absent.</summary>
    /// <exception cref="BadInputException">Neither, or a number that is too small.</exception>
    public int[]? GetInt32s(string key, int least = int.MinValue)
    {
        if (!values.TryGetValue(key, out var value))
        {
            return null;
        }

        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return [.. items.Select(Whole)];

        int Whole(JsonElement item) => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number >= least
            ? number
            : throw Wrong(key, $"a whole number{(least == int.MinValue ? "" : $" of {least} or more")}, or a list of such");
    }

    /// <summary>The object under a key, or null where the key is absent; its messages name keys as <c>outer.inner</c>.</summary>
    /// <exception cref="BadInputException">No object.</exception>
    public ConfigFile? GetSection(string key)
    {
        return values.TryGetValue(key, out var section)
            ? new ConfigFile(Path, prefix + key + ".", Members(section, Path, Named(key)))
            : null;
    }

    /// <summary>A map from class index to label, such as id2label; empty where the key is absent.</summary>
    /// <exception cref="BadInputException">No map from whole numbers to text.</exception>
    public IReadOnlyDictionary<int, string> GetLabels(string key)
    {
        var labels = new Dictionary<int, string>();
        foreach ((var index, var label) in GetSection(key)?.values ?? [])
        {
            if (!int.TryParse(index, out var id) || Text(label) is not { } text)
            {
                throw new BadInputException($"{Path}: {Named(key)} has the entry {Printable.Name(index)}: {Found(label)}, expected a "
                    + "class index and its label as text");
            }

            labels[id] = text;
        }

        return labels;
    }

    // Python writes Infinity and NaN, which are no JSON: where a file is refused for them, they become a number too large for any double,
    // and null.
    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        var options = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
        try
        {
            return JsonDocument.Parse(utf8, options);
        }
        catch (JsonException) when (utf8.Span.IndexOf("Infinity"u8) >= 0 || utf8.Span.IndexOf("NaN"u8) >= 0)
        {
            return JsonDocument.Parse(WithoutPythonNumbers(Encoding.UTF8.GetString(utf8.Span)), options);
        }
    }

    private static string WithoutPythonNumbers(string text)
    {
        var result = new StringBuilder(text.Length);
        var isInText = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!isInText && text.AsSpan(i).StartsWith("Infinity", StringComparison.Ordinal))
            {
                result.Append("1e999");
                i += "Infinity".Length - 1;
            }
            else if (!isInText && text.AsSpan(i).StartsWith("NaN", StringComparison.Ordinal))
            {
                result.Append("null");
                i += "NaN".Length - 1;
            }
            else
            {
                isInText ^= text[i] == '"';
                result.Append(text[i]);
                if (isInText && text[i] == '\\' && i + 1 < text.Length)
                {
                    result.Append(text[++i]); // whatever it is, it ends no text
                }
            }
        }

        return result.ToString();
    }

    private static Dictionary<string, JsonElement> Members(JsonElement element, string path, string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new BadInputException($"{path}: {what} is {Found(element)}, expected a JSON object");
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            foreach (var member in element.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
            {
                members[member.Name] = member.Value;
            }
        }
        catch (InvalidOperationException error)
        {
            throw new BadInputException($"{path}: {what} has a key that is not valid text", error);
        }

        return members;
    }

    private JsonElement Required(string key, string expected)
    {
        return values.TryGetValue(key, out var value)
            ? value
            : throw new BadInputException($"{Path}: {Named(key)} is missing, expected {expected}");
    }

    private JsonElement Number(string key)
    {
        var value = Required(key, "a number");
        return value.ValueKind == JsonValueKind.Number ? value : throw Wrong(key, "a number");
    }

    /// <summary>The text of an element; null where it is another kind, or escapes half of a surrogate pair.</summary>
    private static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // A number; transformers 5 writes an infinite one as {"__float__": "Infinity"}.
    private static double? Double(JsonElement item)
        => item.ValueKind == JsonValueKind.Number ? item.GetDouble()
        : item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("__float__", out var named) ? null
        : Text(named) switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        };

    private BadInputException Wrong(string key, string expected)
        => new($"{Path}: {Named(key)} is {Found(values[key])}, expected {expected}");

    private string Named(string key) => Printable.Name(prefix + key);

    private static string Found(JsonElement element) => Printable.Name(element.GetRawText());
}
