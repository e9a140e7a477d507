using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// Pictures out of tar files, so that a shared file system is asked for a few large files: WebDatasets, and flat ones such as
/// <c>ILSVRC2012_img_val.tar</c>. The order is that of the tar files and of their members. Headers are read once; a picture is read from
/// its place when it is asked for, and nothing is unpacked to a disk.
/// </summary>
internal sealed class TarDataset : IImageDataset
{
    /// <summary>Marks a word as the name of tar files, in front of it.</summary>
    internal const string Prefix = "webdataset:";

    private const int MostOpen = 8;

    private readonly IReadOnlyList<(string Path, string Short)> tars;
    private readonly Func<byte[], string, RgbImage> decode;
    private readonly IReadOnlyList<string>? classes;
    private readonly TarPictures?[] read; // headers, where they were needed
    private readonly LinkedList<(int Tar, TarBytes Bytes)> open = new(); // the latest first
    private readonly Lock gate = new();
    private readonly int[] sizes;
    private readonly int[] starts; // number of the first picture of each, and of all

    private TarDataset(
        string name, IReadOnlyList<(string Path, string Short)> tars, Func<byte[], string, RgbImage> decode, IReadOnlyList<string>? classes)
    {
        (Name, this.tars, this.decode, this.classes) = (name, tars, decode, classes);
        read = new TarPictures?[tars.Count];
        var known = tars.Count > 1 ? TarSizes.Read([.. tars.Select(tar => tar.Path)]) : null;
        sizes = known ?? [.. Enumerable.Range(0, tars.Count).Select(tar => Headers(tar).Count)];
        starts = new int[sizes.Length + 1];
        for (var i = 0; i < sizes.Length; i++)
        {
            starts[i + 1] = checked(starts[i] + sizes[i]);
        }

        var first = Headers(0);
        (HasLabels, HasMasks) = (first.HasLabels && SaysClass(first[0]), first.HasMasks);
        for (var i = 0; i < sizes.Length && (known is null || i == 0); i++)
        {
            Pictures(i);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => starts[^1];

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => null;

    /// <inheritdoc/>
    public bool HasLabels { get; }

    /// <inheritdoc/>
    public bool HasMasks { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int>? ItemsOfFiles => sizes.Length > 1 ? sizes : null;

    /// <summary>Whether a word names tar files.</summary>
    internal static bool Is(string word)
        => word.StartsWith(Prefix, StringComparison.Ordinal)
            || (TarBytes.Is(word) && (File.Exists(word) || word.Contains('{', StringComparison.Ordinal)));

    /// <summary>Opens tar files.</summary>
    /// <param name="word">A tar file, or <see cref="Prefix"/> and one, a folder of them or a pattern in braces.</param>
    /// <param name="decode">Reads a picture from memory; the name is for messages.</param>
    /// <param name="classes">Names of the model's classes; null where numbers and synsets only are understood.</param>
    /// <exception cref="BadInputException">Missing, damaged, or without pictures.</exception>
    internal static TarDataset Open(string word, Func<byte[], string, RgbImage> decode, IReadOnlyList<string>? classes)
        => new(word, TarNames.Of(word.StartsWith(Prefix, StringComparison.Ordinal) ? word[Prefix.Length..] : word), decode, classes);

    /// <inheritdoc/>
    public string Id(int index)
    {
        var (tar, place) = Place(index);
        var name = Pictures(tar)[place].Picture.Name;
        return tars[tar].Short.Length == 0 ? name : $"{tars[tar].Short}/{name}";
    }

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        var (tar, place) = Place(index);
        var (path, entry) = (tars[tar].Path, Pictures(tar)[place]);
        var where = $"{path}, {Printable.Name(entry.Picture.Name)}";
        var image = decode(Bytes(tar, entry.Picture), where);
        int? label = HasLabels && entry.Label is { } named ? TarLabel.Read(path, named, Bytes(tar, named), classes) : null;
        return new(id, image, label, entry.Mask is { } drawn ? Mask(tar, drawn, image, where) : null);
    }

    private byte[] Mask(int tar, TarMember member, RgbImage image, string imageName)
    {
        var where = $"{tars[tar].Path}, {Printable.Name(member.Name)}";
        return MaskFile.Of(decode(Bytes(tar, member), where), where, image, imageName);
    }

    private (int Tar, int Place) Place(int index)
    {
        var at = Array.BinarySearch(starts, IndexCheck.Within(index, Count));
        var tar = at >= 0 ? at : ~at - 1;
        return (tar, index - starts[tar]);
    }

    // JSON may stand beside a picture and say other things.
    private bool SaysClass(TarPicture picture)
        => picture.Label is { } label && TarLabel.Words(tars[0].Path, label, Bytes(0, label)) is not null;

    // What sizes.json says, and what the first tar file has, must hold for each that is opened.
    private TarPictures Pictures(int tar)
    {
        var (found, first) = (Headers(tar), read[0]!);
        if (found.Count != sizes[tar])
        {
            throw new BadInputException(
                $"{tars[tar].Path}: {found.Count} pictures, and sizes.json beside it says {sizes[tar]}; mend it or take it away");
        }

        return found.HasMasks == first.HasMasks && found.HasLabels == first.HasLabels
            ? found
            : throw new BadInputException(
                $"{tars[tar].Path}: expected labels and masks for the pictures of all tar files or of none, found others than in "
                    + tars[0].Path);
    }

    private TarPictures Headers(int tar)
    {
        lock (gate)
        {
            return read[tar] ??= TarPictures.Read(Opened(tar));
        }
    }

    private byte[] Bytes(int tar, TarMember member)
    {
        lock (gate)
        {
            return Opened(tar).ReadAll(member);
        }
    }

    // Some stay open: a file system far away is asked for each of them once.
    private TarBytes Opened(int tar)
    {
        for (var node = open.First; node is not null; node = node.Next)
        {
            if (node.Value.Tar == tar)
            {
                open.Remove(node);
                open.AddFirst(node);
                return node.Value.Bytes;
            }
        }

        var bytes = TarBytes.Open(tars[tar].Path);
        open.AddFirst((tar, bytes));
        if (open.Count > MostOpen)
        {
            open.Last!.Value.Bytes.Dispose();
            open.RemoveLast();
        }

        return bytes;
    }
}
