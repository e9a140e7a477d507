using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Tokenizers of published models and a tiny one whose every part can be changed.</summary>
internal static class TokenizerFiles
{
    public static TextTokenizer GptNeoX { get; } = Load(Unpacked("gpt-neox-tokenizer.json.gz"));

    public static TextTokenizer Gpt2 { get; } = Load(Gpt2Json());

    public static string Unpacked(string name)
    {
        using var text = new StreamReader(
            new GZipStream(File.OpenRead(Golden.Path("tokenizers", name)), CompressionMode.Decompress), Encoding.UTF8);
        return text.ReadToEnd();
    }

    public static TextTokenizer Load(string json)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", json);
        return TextTokenizer.Load(folder.Path);
    }

    /// <summary>The message that loading must end with.</summary>
    public static string Refusal(string json)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("tokenizer.json", json);
        return TemporaryFolder.OneLine(Xunit.Assert.Throws<BadInputException>(() => TextTokenizer.Load(path)));
    }

    /// <summary>
    /// Letters for all bytes (ids in the order of the letters), the given merges, and after them the added token <c>&lt;end&gt;</c>.
    /// </summary>
    public static JsonObject Small(params string[] merges)
    {
        var vocabulary = new JsonObject();
        foreach (var letter in Enumerable.Range(0, 256).Select(value => ByteLetters.Letter((byte)value)).Order())
        {
            vocabulary.Add(letter.ToString(), vocabulary.Count);
        }

        foreach (var merge in merges)
        {
            vocabulary.TryAdd(merge.Replace(" ", "", StringComparison.Ordinal), vocabulary.Count);
        }

        var end = vocabulary.Count;
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = end,
                    ["content"] = "<end>",
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = true,
                }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }

    /// <summary>What the tokens of a text show.</summary>
    public static string Shown(this TextTokenizer tokenizer, string text)
        => string.Join('|', tokenizer.Encode(text).Select(token => token.Text));

    private static string Gpt2Json()
    {
        var merges = Unpacked("gpt2-merges.txt.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToArray();
        // GPT-2 numbers visible bytes first: that is the order of their letters.
        var json = Small(merges);
        json["added_tokens"]![0]!["content"] = "<|endoftext|>";
        return json.ToJsonString(JsonSerializerOptions.Web);
    }
}
