using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>The tables of docs/json.md, against which documents are held: no key more and none less.</summary>
internal static class JsonSchema
{
    private static readonly Dictionary<string, List<(string Key, string Type)>> tables = Tables();

    /// <summary>Holds what a verb printed against its table.</summary>
    internal static void Check(JsonObject document, string table)
    {
        Assert.Equal("schema", document.First().Key);
        Assert.Equal(1, (int)document["schema"]!);
        Check(document, table, table, isNested: false);
    }

    private static void Check(JsonObject found, string table, string where, bool isNested)
    {
        var rows = tables[table].ToDictionary(row => row.Key, row => row.Type, StringComparer.Ordinal);
        foreach (var (key, value) in found)
        {
            if (!rows.TryGetValue(key, out var type))
            {
                Assert.True(rows.ContainsKey("*"), $"{where}.{key} is not documented");
                continue;
            }

            Check(value, type, $"{where}.{key}");
        }

        foreach (var (key, type) in rows.Where(row => row.Key != "*" && !row.Value.EndsWith('?') && row.Value != "any"))
        {
            Assert.True(found.ContainsKey(key) || (isNested && key is "schema"), $"{where}.{key} ({type}) is documented and missing");
        }
    }

    private static void Check(JsonNode? value, string type, string where)
    {
        if (type == "any" || (value is null && type.EndsWith('?')))
        {
            return;
        }

        Assert.True(value is not null, $"{where} is null, documented as {type}");
        var bare = type.TrimEnd('?');
        if (bare.StartsWith('['))
        {
            var (items, at) = (Assert.IsType<JsonArray>(value), 0);
            Assert.All(items, item => Check(item, bare[1..^1], $"{where}[{at++}]"));
        }
        else if (bare.StartsWith('{'))
        {
            Check(Assert.IsType<JsonObject>(value), bare[1..^1], where, isNested: true);
        }
        else
        {
            var kind = value.GetValueKind();
            Assert.True(
                bare switch
                {
                    "text" => kind == JsonValueKind.String,
                    "number" => kind == JsonValueKind.Number,
                    "integer" => kind == JsonValueKind.Number && value.GetValue<JsonElement>().TryGetInt64(out _),
                    "flag" => kind is JsonValueKind.True or JsonValueKind.False,
                    _ => throw new InvalidOperationException($"docs/json.md knows no type {bare}"),
                },
                $"{where} is {kind}, documented as {type}");
        }
    }

    // Headings of two and three # name a table; its rows are | key | type | meaning |.
    private static Dictionary<string, List<(string Key, string Type)>> Tables()
    {
        var (found, rows) = (new Dictionary<string, List<(string, string)>>(StringComparer.Ordinal), new List<(string, string)>());
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "json.md")))
        {
            if (line.StartsWith("##", StringComparison.Ordinal))
            {
                found.Add(line.TrimStart('#').Trim(), rows = []);
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal)
                && line.Split('|') is [_, var key, var type, ..]
                && key.Trim() != "key")
            {
                rows.Add((key.Trim(), type.Trim()));
            }
        }

        return found;
    }
}
