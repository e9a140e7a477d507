using System.Security.Cryptography;
using Mambascope.Explorer.Serving;
using Mambascope.Imaging;

namespace Mambascope.Explorer.Subjects;

/// <summary>
/// The pictures there are: those that were named at the start, samples inside the program, and what browsers sent, in memory only and by
/// what they are, never by where they lie.
/// </summary>
internal sealed class Pictures
{
    private const string Prefix = "sample/";
    private const long MostBytesKept = 512L << 20;
    private const int LongestName = 80;

    private readonly ExplorerOptions options;
    private readonly Dictionary<string, Picture> named = new(StringComparer.Ordinal);
    private readonly Recent<Picture> sent = new(MostBytesKept);
    private readonly Recent<Picture> shipped = new(64);

    /// <summary>Reads the files that were named.</summary>
    /// <exception cref="BadInputException">One is no picture, damaged or too large.</exception>
    internal Pictures(ExplorerOptions options)
    {
        this.options = options;
        foreach (var file in options.Pictures)
        {
            var decoded = ImageFile.Read(file, new() { MaxPixels = options.MostPixels });
            var id = AddressName.Of(Path.GetFileName(file), known => named.ContainsKey(known) || Samples.Contains(known));
            named.Add(id, new(id, Application.ShownText.Line(Path.GetFileName(file), LongestName), decoded.Image, decoded.Notes));
        }

        All = [.. named.Keys, .. Samples];
    }

    /// <summary>Names of the pictures that the page offers: those that were named, and the samples.</summary>
    internal IReadOnlyList<string> All { get; }

    /// <summary>Names of the samples, those with two garments first.</summary>
    internal static IReadOnlyList<string> Samples { get; } =
    [
        .. typeof(Pictures).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name[Prefix.Length..]))
            .OrderBy(name => name != "two-items").ThenBy(name => !name.Contains("-and-", StringComparison.Ordinal))
            .ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>The picture of that name.</summary>
    /// <exception cref="NotThereException">There is none, or no longer.</exception>
    internal Picture Find(string id)
        => sent.Find(id)
            ?? named.GetValueOrDefault(id)
            ?? (Samples.Contains(id) ? shipped.Of(id, () => Sample(id)) : null)
            ?? throw new NotThereException("this picture is not, or no longer, here: send it again");

    /// <summary>Reads a picture file that a browser sent.</summary>
    /// <exception cref="BadInputException">It is no picture, damaged or too large.</exception>
    internal Picture Add(byte[] file, string? name)
    {
        var id = Convert.ToHexString(SHA256.HashData(file))[..24].ToLowerInvariant();
        if (sent.Find(id) is { } known)
        {
            return known;
        }

        var shown = Application.ShownText.Line(string.IsNullOrWhiteSpace(name) ? "picture" : name, LongestName);
        var decoded = ImageFile.Read(file, shown, new() { MaxPixels = options.MostPixels });
        return sent.Keep(id, new(id, shown, decoded.Image, decoded.Notes), decoded.Image.Pixels.LongLength);
    }

    private static Picture Sample(string name)
    {
        using var stream = typeof(Pictures).Assembly.GetManifestResourceStream($"{Prefix}{name}.png")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new(name, name, ImageFile.Decode(bytes, name), []);
    }
}
