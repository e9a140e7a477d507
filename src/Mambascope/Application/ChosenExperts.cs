using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>The experts that the tokens of a text were sent to in one layer.</summary>
/// <param name="Layer">Layer, from 0.</param>
/// <param name="Experts">For every token its experts, the heaviest first.</param>
/// <param name="Weights">Their weights.</param>
public sealed record ChosenExperts(int Layer, IReadOnlyList<IReadOnlyList<int>> Experts, IReadOnlyList<IReadOnlyList<double>> Weights)
{
    /// <summary>Those of every layer that has some, for the first item of a recorded run.</summary>
    public static IReadOnlyList<ChosenExperts> Of<T>(Trace<T> trace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(trace);
        return [.. trace.Layers.SelectMany((layer, i) => Of(i, layer))];
    }

    /// <summary>Those of one layer.</summary>
    internal static IEnumerable<ChosenExperts> Of<T>(int number, LayerTrace<T> layer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tokens = Enumerable.Range(0, layer.Layout.Length);
        return layer.Parts.Select(part => part.Experts).OfType<ExpertChoice<T>>().Select(choice =>
            new ChosenExperts(
                number,
                [.. tokens.Select(token => choice.Of(0, token))],
                [.. tokens.Select(token => Wide(choice.Weights.Data.Row(0, token)))]));

        static IReadOnlyList<double> Wide(ReadOnlySpan<T> weights)
        {
            var wide = new double[weights.Length];
            for (var i = 0; i < wide.Length; i++)
            {
                wide[i] = double.CreateTruncating(weights[i]);
            }

            return wide;
        }
    }

    /// <summary>Reads a text to see which experts it is sent to; nothing for a model without experts.</summary>
    public static IReadOnlyList<ChosenExperts> Of<T>(TextModel model, IReadOnlyList<int> text, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Model.Shape.Layers.All(layer => layer.Experts == 0))
        {
            return [];
        }

        List<ChosenExperts> found = [];
        using var trace = model.Model.Forward(
            model.NewTape<T>(text.Count, cancellation), TokenBatch.Of(text), positions: null,
            (number, layer) => found.AddRange(Of(number, layer)));
        return found;
    }

    /// <summary>Several layers as JSON.</summary>
    public static JsonArray Json(IReadOnlyList<ChosenExperts> layers)
        => [
            .. layers.Select(layer => (JsonNode)new JsonObject
            {
                ["layer"] = layer.Layer,
                ["chosen"] = Lines(layer.Experts),
                ["weights"] = Lines(layer.Weights),
            }),
        ];

    private static JsonArray Lines<TValue>(IReadOnlyList<IReadOnlyList<TValue>> lines)
        => [.. lines.Select(line => (JsonNode)new JsonArray([.. line.Select(value => (JsonNode?)JsonValue.Create(value))]))];
}
