using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Explorer.Answers;

/// <summary>What is told about a text, the same by the server and in a saved page.</summary>
internal static class TextReply
{
    /// <summary>Answers that are named.</summary>
    internal const int Top = 12;

    /// <summary>Tokens, what may come next, and the relevance of every token for it.</summary>
    internal static JsonObject Explanation<T>(Explanation<T> explanation, TextSubject text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var about = MapNames.About(explanation);
        about["top"] = ExplanationJson.Of(explanation.Top(Top), ModelInput.Text);
        about["pieces"] = Pieces(ShownPiece.Of(text.Read));
        return about;
    }

    /// <summary>Where pieces begin, and how many tokens they have.</summary>
    internal static JsonArray Pieces(IEnumerable<ShownPiece> pieces)
        => [
            .. pieces.Select(piece => (JsonNode)new JsonObject
            {
                ["text"] = piece.Text,
                ["first"] = piece.First,
                ["tokens"] = piece.Count,
            }),
        ];
}
