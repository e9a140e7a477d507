namespace Mambascope.Models;

/// <summary>
/// The 1000 classes of ImageNet-1k (ILSVRC 2012) in the order that models are trained with: by WordNet synset, as torchvision and timm sort
/// their folders. The words are those of WordNet 3.0, Princeton University.
/// </summary>
public static class ImageNetClasses
{
    /// <summary>Number of classes.</summary>
    public const int Count = 1000;

    private static readonly Lazy<(string[] Synsets, string[] Labels, Dictionary<string, int> Indices)> table = new(Read);

    /// <summary>WordNet synset of each class, ascending, such as "n01440764": the name of the class's folder.</summary>
    public static IReadOnlyList<string> Synsets => table.Value.Synsets;

    /// <summary>
    /// All words for each class, such as "tench, Tinca tinca". Two classes are a "crane", so a first word alone names no class.
    /// </summary>
    public static IReadOnlyList<string> Labels => table.Value.Labels;

    /// <summary>The class that a synset is, or null for a synset outside the thousand.</summary>
    public static int? Find(string synset) => table.Value.Indices.TryGetValue(synset, out var index) ? index : null;

    /// <summary>Whether a text has the form of a synset: an n and eight digits.</summary>
    public static bool IsSynset(string text) => text is ['n', .. { Length: 8 } digits] && digits.All(char.IsAsciiDigit);

    private static (string[], string[], Dictionary<string, int>) Read()
    {
        using var stream = typeof(ImageNetClasses).Assembly.GetManifestResourceStream("Mambascope.imagenet-1k.tsv")
            ?? throw new InvalidOperationException("The library was built without its resource imagenet-1k.tsv");
        using var reader = new StreamReader(stream);
        var (synsets, labels, indices) = (new string[Count], new string[Count], new Dictionary<string, int>(Count));
        for (var i = 0; i < Count; i++)
        {
            var parts = reader.ReadLine()!.Split('\t');
            (synsets[i], labels[i]) = (parts[0], parts[1]);
            indices.Add(parts[0], i);
        }

        return (synsets, labels, indices);
    }
}
