namespace Mambascope.Checkpoints;

/// <summary>
/// Named values of a GGUF file. A value is a number of one of eleven types, a truth value, a string, or an array of these. Every wrong
/// value is a <see cref="BadInputException"/> that names file, key, expected and found.
/// </summary>
internal sealed class GgufMetadata(string file, IReadOnlyDictionary<string, object> values)
{
    /// <summary>The file, for messages.</summary>
    public string File => file;

    /// <summary>All values by key: boxed numbers, string, or one-dimensional arrays of them.</summary>
    public IReadOnlyDictionary<string, object> Values => values;

    /// <summary>general.architecture: what llama.cpp calls the kind of network.</summary>
    public string Architecture => Text("general.architecture");

    /// <summary>Those that are text.</summary>
    public Dictionary<string, string> Texts()
        => values.Where(pair => pair.Value is string).ToDictionary(pair => pair.Key, pair => (string)pair.Value, StringComparer.Ordinal);

    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>Text that must be there.</summary>
    public string Text(string key) => Required(key, "text") as string ?? throw Wrong(key, "text");

    /// <summary>Text, or null where the key is absent.</summary>
    public string? TextOrNull(string key) => Has(key) ? Text(key) : null;

    /// <summary>A whole number from 0 to 2^31 - 1 that must be there.</summary>
    public int Whole(string key) => ToWhole(Required(key, "a whole number")) ?? throw Wrong(key, "a whole number from 0 to 2147483647");

    /// <summary>A whole number, or null where the key is absent.</summary>
    public int? WholeOrNull(string key) => Has(key) ? Whole(key) : null;

    /// <summary>A number, or null where the key is absent.</summary>
    public double? NumberOrNull(string key) => !Has(key) ? null : ToNumber(values[key]) is { } number && double.IsFinite(number) ? number
        : throw Wrong(key, "a finite number");

    /// <summary>A truth value, or the given one where the key is absent.</summary>
    public bool Flag(string key, bool absent) => !Has(key) ? absent : values[key] is bool flag ? flag : throw Wrong(key, "true or false");

    /// <summary>An array of strings that must be there.</summary>
    public string[] TextList(string key) => Required(key, "an array of strings") as string[] ?? throw Wrong(key, "an array of strings");

    /// <summary>An array of numbers, or null where the key is absent.</summary>
    public double[]? NumberList(string key)
    {
        if (!values.TryGetValue(key, out var value))
        {
            return null;
        }

        return value is Array list and not string[] and not bool[]? [.. list.Cast<object>().Select(item => ToNumber(item)!.Value)]
            : throw Wrong(key, "an array of numbers");
    }

    /// <summary>One whole number for each layer, from a number that all share or from an array.</summary>
    /// <param name="key">The key.</param>
    /// <param name="layers">How many layers.</param>
    public int[] WholePerLayer(string key, int layers)
    {
        if (Required(key, "a whole number, or one a layer") is not Array list)
        {
            return [.. Enumerable.Repeat(Whole(key), layers)];
        }

        int[] numbers = [.. list.Cast<object>().Select(item => ToWhole(item) ?? throw Wrong(key, "whole numbers"))];
        return numbers.Length == layers ? numbers : throw Wrong(key, $"{layers} whole numbers, one a layer");
    }

    /// <summary>An error about a value.</summary>
    public BadInputException Wrong(string key, string expected)
        => new($"{file}: {Printable.Name(key)} is {Found(values[key])}, expected {expected}");

    private object Required(string key, string expected)
        => values.TryGetValue(key, out var value) ? value : throw new BadInputException($"{file}: {key} is missing, expected {expected}");

    private static int? ToWhole(object value) => value switch
    {
        float or double or bool or string => null,
        ulong large => large <= int.MaxValue ? (int)large : null,
        IConvertible number => number.ToInt64(null) is >= 0 and <= int.MaxValue and var whole ? (int)whole : null,
        _ => null,
    };

    private static double? ToNumber(object value)
        => value is bool or string or not IConvertible ? null : ((IConvertible)value).ToDouble(null);

    private static string Found(object value) => value switch
    {
        string text => $"\"{Printable.Name(text)}\"",
        Array list => $"an array of {list.Length} values",
        _ => Printable.Name(value.ToString() ?? ""),
    };
}
