using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mambascope.Checkpoints;

/// <summary>
/// One spelling for what config.json files of different years and libraries call differently, so that the readers of models ask for one
/// name: that of transformers 4. What a file says by the old name counts.
/// </summary>
internal static class ConfigSpelling
{
    private const string Rope = "rope_parameters";
    private const string Scaling = "rope_scaling";
    private const string Labels = "id2label";

    // transformers 5 moved the settings of rotary embeddings into one object.
    private static readonly string[] ropeKeys = ["rope_theta", "partial_rotary_factor"];
    private static readonly (string Old, string New)[] renamed = [("torch_dtype", "dtype")];

    /// <summary>Adds the old names of what is there by a new one.</summary>
    public static void Unify(Dictionary<string, JsonElement> config)
    {
        foreach (var (old, @new) in renamed)
        {
            Add(config, old, config.GetValueOrDefault(@new));
        }

        if (config.TryGetValue(Rope, out var rope) && rope.ValueKind == JsonValueKind.Object)
        {
            foreach (var key in ropeKeys)
            {
                Add(config, key, Member(rope, key));
            }

            // Scaled, or different from layer to layer: what readers refuse by the old name.
            if (!IsPlain(rope))
            {
                Add(config, Scaling, rope);
            }
        }

        if (config.TryGetValue(Scaling, out var scaling) && scaling.ValueKind == JsonValueKind.Object && IsPlain(scaling))
        {
            config.Remove(Scaling);
        }

        // timm lists the names of classes in their order.
        if (config.TryGetValue("label_names", out var names) && names.ValueKind == JsonValueKind.Array)
        {
            var byIndex = new JsonObject(names.EnumerateArray()
                .Select((name, i) => KeyValuePair.Create($"{i}", JsonNode.Parse(name.GetRawText()))));
            using var document = JsonDocument.Parse(byIndex.ToJsonString());
            Add(config, Labels, document.RootElement.Clone());
        }
    }

    private static bool IsPlain(JsonElement rope)
    {
        var type = Member(rope, "rope_type") is { ValueKind: not JsonValueKind.Undefined } named ? named : Member(rope, "type");
        var isDefault = type.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            || (type.ValueKind == JsonValueKind.String && type.ValueEquals("default"));
        return isDefault && rope.EnumerateObject().All(member => member.Value.ValueKind != JsonValueKind.Object);
    }

    private static void Add(Dictionary<string, JsonElement> config, string key, JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            config.TryAdd(key, value);
        }
    }

    private static JsonElement Member(JsonElement part, string key) => part.TryGetProperty(key, out var member) ? member : default;
}
