using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>A value in a JSON file that knows where it stands, so that errors can say so.</summary>
/// <param name="Where">File and place, such as <c>tokenizer.json: model.vocab</c>.</param>
/// <param name="Value">The value.</param>
internal readonly record struct JsonPart(string Where, JsonElement Value)
{
    /// <summary>The member of an object; null where it is absent or null.</summary>
    public JsonPart? this[string key]
        => Object().Value.TryGetProperty(key, out var member) && member.ValueKind != JsonValueKind.Null ? new(Of(key), member) : null;

    /// <summary>The member of an object that must be there.</summary>
    public JsonPart Required(string key) => this[key] ?? throw new BadInputException($"{Of(key)} is missing");

    /// <summary>Itself, if it is an object.</summary>
    public JsonPart Object() => Value.ValueKind == JsonValueKind.Object ? this : throw Unexpected("an object");

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, JsonPart Part)> Members()
    {
        var self = this;
        return Object().Value.EnumerateObject().Select(member =>
        {
            var name = self.Decoded(() => member.Name);
            return (name, new JsonPart(self.Of(name), member.Value));
        });
    }

    /// <summary>The items of a list.</summary>
    public IEnumerable<JsonPart> Items()
    {
        var self = this;
        return Value.ValueKind == JsonValueKind.Array
            ? Value.EnumerateArray().Select((item, i) => new JsonPart($"{self.Where}[{i}]", item))
            : throw Unexpected("a list");
    }

    public string Text()
    {
        var value = Value;
        return value.ValueKind == JsonValueKind.String ? Decoded(() => value.GetString()!) : throw Unexpected("text");
    }

    /// <summary>A whole number from 0 to below <paramref name="limit"/>.</summary>
    public int Whole(int limit)
        => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) && number >= 0 && number < limit
            ? number
            : throw Unexpected($"a whole number from 0 to {limit - 1}");

    /// <summary>The truth value of a member, or the given one where it is absent.</summary>
    public bool Flag(string key, bool absent)
    {
        return this[key] is not { } flag ? absent
            : flag.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.Value.GetBoolean()
            : throw flag.Unexpected("true or false");
    }

    public BadInputException Unexpected(string expected) => new($"{Where} is {Found}, expected {expected}");

    /// <summary>The value as text for a message.</summary>
    public string Found => Value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Printable.Name(Value.GetRawText()),
    };

    private string Of(string key) => Where.EndsWith(':') ? $"{Where} {Printable.Name(key)}" : $"{Where}.{Printable.Name(key)}";

    // The runtime refuses escapes of half a surrogate pair only when the text is asked for.
    private string Decoded(Func<string> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException error)
        {
            throw new BadInputException($"{Where} holds text that is not valid Unicode", error);
        }
    }
}
