using System.Text;
using System.Text.Unicode;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// The files inside a tar file, one after the other. A tar file has no table of contents, so its headers are read once and members found by
/// their places from then on. (System.Formats.Tar takes whatever memory a header asks for, and only reads packed files front to back.)
/// </summary>
internal static class TarMembers
{
    /// <summary>Members of a tar file at most: more belong into several.</summary>
    internal const int Most = 2_000_000;

    private const int LargestExtension = 1 << 20;
    private const int LongestName = 4096;
    private const int LookBehind = 64 << 10;

    /// <summary>Reads all headers.</summary>
    /// <param name="tar">The file.</param>
    /// <param name="most">Members at most.</param>
    /// <exception cref="BadInputException">
    /// It is damaged or cut off, holds something other than files and folders, a name that leads out of a folder, or too many members.
    /// </exception>
    internal static IEnumerable<TarMember> Read(TarBytes tar, int most = Most)
    {
        var block = new byte[TarHeader.Block];
        var (count, next) = (0, default(PaxRecords));
        for (var at = 0L; ;)
        {
            if (tar.Read(at, block) < block.Length)
            {
                throw new BadInputException(
                    $"{tar.Path}: ends at byte {at} without the mark of a tar file's end: it is cut off, or no tar file; copy it again");
            }

            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                RefuseMore(tar, at);
                yield break;
            }

            if (++count > most)
            {
                throw new BadInputException($"{tar.Path}: holds more than {most:N0} members; divide it into several tar files");
            }

            var where = $"{tar.Path}, byte {at}";
            var header = TarHeader.Read(block, where);
            var data = at + TarHeader.Block;
            var size = header.Kind is 'x' or 'g' or 'L' or 'K' ? header.Size : next.Size ?? header.Size;
            switch (header.Kind)
            {
                case 'x':
                    var records = PaxRecords.Read(Extension(tar, data, size, where), where);
                    next = records with { Path = records.Path ?? next.Path };
                    break;
                case 'L': // GNU: the name of the next member, with a zero byte behind it
                    next = next with { Path = [.. Extension(tar, data, size, where).TakeWhile(value => value != 0)] };
                    break;
                case 'g' or 'K': // what holds for all members, a link's aim: of no use here
                    Extension(tar, data, size, where);
                    break;
                case '5' or 'V': // a folder, the name of the volume: nothing follows, whatever the size says
                    (size, next) = (0, default);
                    break;
                case '0' or '\0' or '7':
                    RefuseSparse(next.IsSparse, where);
                    var name = NameOf(next.Path ?? header.Name, where);
                    RefuseCut(tar, data, size, name);
                    next = default;
                    if (!name.EndsWith('/')) // a folder in the oldest form
                    {
                        yield return new(name, data, size);
                    }

                    break;
                default:
                    RefuseSparse(header.Kind == 'S', where);
                    throw new BadInputException($"{where}: expected files, found {Words(header.Kind)}");
            }

            at = data + ((size + TarHeader.Block - 1) / TarHeader.Block * TarHeader.Block);
        }
    }

    private static string Words(char kind) => kind switch
    {
        '1' or '2' => "a link",
        '3' or '4' or '6' => "a device or a pipe",
        'M' => "the rest of a file that began in another tar file",
        _ => $"a member of the unknown kind {Printable.Name(kind.ToString())}",
    };

    private static byte[] Extension(TarBytes tar, long offset, long size, string where)
    {
        if (size > LargestExtension)
        {
            throw new BadInputException($"{where}: a header of {size:N0} bytes; expected at most {LargestExtension:N0}");
        }

        var bytes = new byte[size];
        return tar.Read(offset, bytes) == bytes.Length ? bytes : throw new BadInputException($"{where}: the file ends within a header");
    }

    private static void RefuseSparse(bool isSparse, string where)
    {
        if (isSparse)
        {
            throw new BadInputException(
                $"{where}: a file with holes (GNU's sparse form), which is not read here; pack it without --sparse");
        }
    }

    private static void RefuseCut(TarBytes tar, long data, long size, string name)
    {
        if (tar.Length is { } length && size > length - data)
        {
            throw new BadInputException(
                $"{tar.Path}: ends within {Printable.Name(name)}, which has {size:N0} bytes from byte {data} on: it is cut off; copy it "
                    + "again");
        }
    }

    // Files that were put behind each other, not joined: what is behind the first end would be lost without a word.
    private static void RefuseMore(TarBytes tar, long end)
    {
        var behind = new byte[LookBehind];
        var read = tar.Read(end, behind);
        if (behind.AsSpan(0, read).ContainsAnyExcept((byte)0))
        {
            throw new BadInputException(
                $"{tar.Path}: something follows the end of the tar file at byte {end}: name tar files one by one instead of putting them "
                    + "behind each other");
        }
    }

    private static string NameOf(ReadOnlySpan<byte> bytes, string where)
    {
        if (bytes.Length is 0 or > LongestName || bytes.Contains((byte)0) || !Utf8.IsValid(bytes))
        {
            throw new BadInputException(
                $"{where}: expected a name of 1 to {LongestName} bytes in UTF-8, found {Printable.Name(Encoding.Latin1.GetString(bytes))}");
        }

        var name = Encoding.UTF8.GetString(bytes);
        var parts = name.Split('/', '\\');
        var hasDrive = name.Length > 2 && char.IsAsciiLetter(name[0]) && name[1] == ':' && name[2] is '/' or '\\';
        if (hasDrive || name[0] is '/' or '\\' || parts.Contains("..", StringComparer.Ordinal))
        {
            throw new BadInputException($"{where}: the name {Printable.Name(name)} leads out of the tar file; expected names within it");
        }

        while (name.StartsWith("./", StringComparison.Ordinal))
        {
            name = name[2..].TrimStart('/');
        }

        return name.Length > 0 ? name : throw new BadInputException($"{where}: a file has no name");
    }
}
