using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mambascope.Explorer.Saving;

/// <summary>JSON as the server writes it, for a page that has none.</summary>
internal static class PageJson
{
    private static readonly JsonSerializerOptions asServed = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>An answer.</summary>
    internal static ReadOnlyMemory<byte> Bytes<T>(T answer) => JsonSerializer.SerializeToUtf8Bytes(answer, asServed);

    /// <summary>Data inside a page: no letter of it can end the element that it is in.</summary>
    internal static string InPage<T>(T data)
        => JsonSerializer.Serialize(data, asServed).Replace("<", "\\u003c", StringComparison.Ordinal);
}
