namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// The pictures of one tar file, in their order. As in a WebDataset, files belong together whose names are equal up to the first dot:
/// <c>KEY.jpg</c> (or another kind of picture), <c>KEY.cls</c> or <c>KEY.json</c> with its class, <c>KEY.mask.png</c>. Others are passed
/// over, hidden ones too.
/// </summary>
internal sealed class TarPictures
{
    private const string ClassEnding = ".cls";
    private const string JsonEnding = ".json";
    private const long LargestPicture = 256 << 20;
    private const long LargestLabel = 1 << 20;

    private readonly TarPicture[] pictures;

    private TarPictures(TarPicture[] pictures) => this.pictures = pictures;

    /// <summary>How many there are, 1 or more.</summary>
    internal int Count => pictures.Length;

    /// <summary>Whether every picture has a file that may say its class.</summary>
    internal bool HasLabels => pictures[0].Label is not null;

    /// <summary>Whether every picture has a mask.</summary>
    internal bool HasMasks => pictures[0].Mask is not null;

    internal TarPicture this[int index] => pictures[index];

    /// <summary>Reads the headers of a tar file.</summary>
    /// <param name="tar">The file.</param>
    /// <param name="most">Members at most.</param>
    /// <exception cref="BadInputException">
    /// It is damaged, has no picture, two of a name, or some have a label or a mask and others none.
    /// </exception>
    internal static TarPictures Read(TarBytes tar, int most = TarMembers.Most)
    {
        var byKey = new Dictionary<string, Parts>(StringComparer.Ordinal);
        var inOrder = new List<(string Key, Parts Parts)>();
        var (members, first) = (0, default(TarMember?));
        foreach (var member in TarMembers.Read(tar, most))
        {
            members++;
            first ??= member;
            var (key, ending) = Split(member.Name);
            if (key.Length == 0 || key[^1] == '/' || Kind(ending) is not { } kind)
            {
                continue;
            }

            if (member.Size > (kind == PartKind.Label ? LargestLabel : LargestPicture))
            {
                throw new BadInputException(
                    $"{tar.Path}: {Printable.Name(member.Name)} has {member.Size:N0} bytes, more than a file of its kind may have");
            }

            if (!byKey.TryGetValue(key, out var parts))
            {
                byKey.Add(key, parts = new());
            }

            if (!parts.Add(kind, ending, member))
            {
                throw new BadInputException(
                    $"{tar.Path}: {Printable.Name(member.Name)} is there twice, or beside another picture of that name; leave one of them");
            }

            if (kind == PartKind.Picture)
            {
                inOrder.Add((key, parts));
            }
        }

        if (inOrder.Count == 0)
        {
            throw Without(tar, members, first);
        }

        if (
            byKey.FirstOrDefault(entry => entry.Value is { Picture: null } and ({ Class: not null } or { Mask: not null })).Key
            is { } alone)
        {
            throw new BadInputException($"{tar.Path}: {Printable.Name(alone)} has a label or a mask, and no picture");
        }

        RefuseSome(tar, inOrder, "label (.cls or .json)", parts => parts.Class ?? parts.Json);
        RefuseSome(tar, inOrder, "mask (.mask.png)", parts => parts.Mask);
        return new([.. inOrder.Select(each => new TarPicture(
            each.Parts.Picture!.Value, each.Parts.Class ?? each.Parts.Json, each.Parts.Mask))]);
    }

    // The name of a mask may end as those beside pictures in folders do.
    private static (string Key, string Ending) Split(string name)
    {
        var start = name.LastIndexOf('/') + 1;
        if (name[start..] is ['.', ..])
        {
            return ("", name);
        }

        var mask = MaskFile.Endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        var dot = mask is null ? name.IndexOf('.', start) : name.Length - mask.Length;
        return dot < 0 ? (name, "") : (name[..dot], name[dot..]);
    }

    private static PartKind? Kind(string ending)
        => MaskFile.Is(ending) ? PartKind.Mask
            : PictureFiles.Endings.Contains(ending, StringComparer.OrdinalIgnoreCase) ? PartKind.Picture
            : string.Equals(ending, ClassEnding, StringComparison.OrdinalIgnoreCase)
                || string.Equals(ending, JsonEnding, StringComparison.OrdinalIgnoreCase) ? PartKind.Label
            : null;

    private static BadInputException Without(TarBytes tar, int members, TarMember? first)
        => first is { } one && TarBytes.Is(one.Name)
            ? new($"{tar.Path}: a tar file of tar files, as ImageNet's training set comes; unpack it once and name the inner ones")
            : new($"{tar.Path}: expected pictures ({string.Join(", ", PictureFiles.Endings)}; endings begin at the first dot of a name), "
                + (first is { } other
                    ? $"found none among {members:N0} files, the first {Printable.Name(other.Name)}"
                    : "found no files"));

    // All have one, or none has.
    private static void RefuseSome(
        TarBytes tar, List<(string Key, Parts Parts)> pictures, string what, Func<Parts, TarMember?> part)
    {
        var without = pictures.Count(each => part(each.Parts) is null);
        if (without > 0 && without < pictures.Count)
        {
            throw new BadInputException(
                $"{tar.Path}: expected a {what} for every picture or for none, found none for {without} of {pictures.Count}, the first "
                    + Printable.Name(pictures.First(each => part(each.Parts) is null).Key));
        }
    }

    private enum PartKind
    {
        Picture,
        Label,
        Mask,
    }

    // What there is of one name.
    private sealed class Parts
    {
        private TarMember? picture;
        private TarMember? cls;
        private TarMember? json;
        private TarMember? mask;

        internal TarMember? Picture => picture;

        internal TarMember? Class => cls;

        internal TarMember? Json => json;

        internal TarMember? Mask => mask;

        // False where it is there already.
        internal bool Add(PartKind kind, string ending, TarMember member)
        {
            ref var slot = ref kind == PartKind.Picture ? ref picture
                : ref kind == PartKind.Mask ? ref mask
                : ref string.Equals(ending, JsonEnding, StringComparison.OrdinalIgnoreCase) ? ref json
                : ref cls;
            var isNew = slot is null;
            slot = member;
            return isNew;
        }
    }
}
