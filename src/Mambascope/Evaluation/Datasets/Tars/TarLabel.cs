using System.Text.Json;
using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// The class of a picture out of the file beside it: a number, a synset or a name; in JSON under <c>label</c> or <c>cls</c>.
/// </summary>
internal static class TarLabel
{
    private static readonly string[] keys = ["label", "cls"];

    /// <summary>What the file says, as text; null for JSON that says nothing of a class.</summary>
    /// <exception cref="BadInputException">No text in UTF-8, or not JSON.</exception>
    internal static string? Words(string path, TarMember member, byte[] bytes)
    {
        var where = $"{path}, {Printable.Name(member.Name)}";
        if (!member.Name.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        {
            return TextFile.Decode(bytes, where).Trim();
        }

        try
        {
            using var json = JsonDocument.Parse(TextFile.ToUtf8(bytes, where));
            var value = json.RootElement.ValueKind != JsonValueKind.Object
                ? default
                : keys.Select(key => json.RootElement.TryGetProperty(key, out var found) ? found : default)
                    .FirstOrDefault(found => found.ValueKind is JsonValueKind.Number or JsonValueKind.String);
            return value.ValueKind switch
            {
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.String => value.GetString(),
                _ => null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new BadInputException($"{where}: not JSON ({Printable.Reason(error)})", error);
        }
    }

    /// <summary>The class.</summary>
    /// <param name="path">The tar file.</param>
    /// <param name="member">The file in it.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="classes">Names of the model's classes; null where numbers and synsets only are understood.</param>
    /// <exception cref="BadInputException">There is no such class.</exception>
    internal static int Read(string path, TarMember member, byte[] bytes, IReadOnlyList<string>? classes)
    {
        var where = $"{path}, {Printable.Name(member.Name)}";
        var word = Words(path, member, bytes)
            ?? throw new BadInputException($"{where}: expected {string.Join(" or ", keys.Select(key => $"\"{key}\""))}, found neither");
        return (ImageNetClasses.IsSynset(word) ? ImageNetClasses.Find(word) : ClassNames.Find(word, classes))
            ?? throw new BadInputException(
                $"{where}: expected a class by number or name, found {Printable.Name(word)}; {ClassNames.Nearest(word, classes)}");
    }
}
