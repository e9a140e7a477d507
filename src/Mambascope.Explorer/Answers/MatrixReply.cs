using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Checkpoints;
using Mambascope.Explorer.Serving;

namespace Mambascope.Explorer.Answers;

/// <summary>Matrices and rows of attention as the page reads them, whatever was looked at.</summary>
internal static class MatrixReply
{
    /// <summary>A matrix.</summary>
    /// <param name="attention">The matrix, and what it is of.</param>
    /// <param name="type">How its values are stored.</param>
    internal static Tensors Of(ShownAttention<float> attention, TensorType type = TensorType.F32)
    {
        var length = attention.Matrix.Length;
        return new(AttentionJson.Of(attention), new SafetensorsWriter().Add("matrix", [length, length], attention.Matrix.Values, type));
    }

    /// <summary>The rows of one token in every layer.</summary>
    internal static Tensors Of(IReadOnlyList<LayerRow<float>> rows)
    {
        var about = new JsonObject
        {
            ["rows"] = new JsonArray([.. rows.Select(row => new JsonObject { ["layer"] = row.Layer, ["part"] = row.Part })]),
        };
        var writer = new SafetensorsWriter();
        foreach (var (i, row) in rows.Index())
        {
            writer.Add($"row.{i}", [row.Values.Length], row.Values);
        }

        return new(about, writer);
    }

    /// <summary>What the words of a question ask for.</summary>
    /// <exception cref="BadInputException">A word is unknown.</exception>
    internal static AttentionRequest Request(
        int layer, string? view, string? direction, string? sign, int? channel, int? head, int? channels, int? token)
        => new()
        {
            Layer = layer,
            View = Words.Choice("view", view, AttentionView.S6),
            Directions = Words.Choice("direction", direction, ScanDirections.Both),
            Sign = Words.Choice("sign", sign, SignRule.Keep),
            Channel = channel,
            Head = head,
            TopChannels = channels,
            Token = token,
        };
}
