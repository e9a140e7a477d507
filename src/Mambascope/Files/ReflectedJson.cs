using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mambascope;

/// <summary>
/// JSON of records and dictionaries by reflection, asked for by name: a program of one file (<c>dotnet run why.cs</c>) has the default
/// reflection of System.Text.Json switched off.
/// </summary>
internal static class ReflectedJson
{
    /// <summary>Names as they are, for settings that have the file's own names already.</summary>
    public static JsonSerializerOptions AsNamed { get; } = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>Names in snake_case, letters of all scripts as they are.</summary>
    public static JsonSerializerOptions SnakeCase { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>A value as JSON.</summary>
    public static JsonElement Element(object value) => JsonSerializer.SerializeToElement(value, value.GetType(), AsNamed);
}
