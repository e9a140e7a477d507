namespace Mambascope.Models;

/// <summary>Something that can be said of a model: in words for people, as values for programs.</summary>
/// <param name="Label">What it is about: "layers"; null for values that no words are made for.</param>
/// <param name="Words">What is said: "24 (0 to 23), width 384"; null with the label.</param>
/// <param name="Values">Names and values for JSON: numbers, text, truth values, lists of text, or null.</param>
public sealed record Fact(string? Label, string? Words, params IReadOnlyList<KeyValuePair<string, object?>> Values)
{
    /// <summary>A value for programs alone.</summary>
    public static Fact ValueOnly(string key, object? value) => new(Label: null, Words: null, Value(key, value));

    /// <summary>A name and its value.</summary>
    public static KeyValuePair<string, object?> Value(string key, object? value) => new(key, value);
}
