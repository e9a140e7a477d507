using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>What kind of tokenizer a <c>tokenizer.json</c> holds, where it is none that is read here.</summary>
internal static class TokenizerKind
{
    /// <summary>The kind in words; null for byte-level BPE, and where nothing can be told.</summary>
    public static string? OtherThanByteLevel(JsonElement file)
    {
        var model = Member(file, "model");
        var isByteFallback = Member(model, "byte_fallback").ValueKind == JsonValueKind.True;
        return Type(model) switch
        {
            "WordPiece" => "WordPiece, the tokenizer of BERT",
            "Unigram" => "Unigram, a tokenizer of SentencePiece",
            "WordLevel" => "a list of whole words",
            "BPE" or "" when isByteFallback => "BPE of SentencePiece, with single bytes for what is unknown",
            "BPE" or "" => Type(Member(file, "pre_tokenizer")) switch
            {
                "" or "ByteLevel" or "Sequence" => null,
                "Metaspace" => "BPE of SentencePiece",
                var cut => $"BPE over letters, cut by {Printable.Name(cut)}",
            },
            var other => $"the kind {Printable.Name(other)}",
        };
    }

    private static string Type(JsonElement part)
        => Member(part, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString()! : "";

    private static JsonElement Member(JsonElement part, string name)
        => part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var member) ? member : default;
}
