using System.Buffers.Text;
using System.Text;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>
/// What a pax header says about the member behind it: lines <c>LENGTH KEY=VALUE</c>, the length counting all of the line.
/// </summary>
/// <param name="Path">Its name, where the header has one.</param>
/// <param name="Size">Its size, where the header has one.</param>
/// <param name="IsSparse">Whether it is a file with holes in GNU's form.</param>
internal readonly record struct PaxRecords(byte[]? Path, long? Size, bool IsSparse)
{
    private const string Damage = "a pax header is not made of lines LENGTH KEY=VALUE: the file is damaged";

    /// <summary>Reads the content of a header of kind 'x'.</summary>
    /// <exception cref="BadInputException">It is not made of such lines.</exception>
    internal static PaxRecords Read(ReadOnlySpan<byte> content, string where)
    {
        var records = default(PaxRecords);
        while (content.Length > 0)
        {
            if (!Utf8Parser.TryParse(content, out int length, out var digits) || length <= digits + 1 || length > content.Length
                || content[digits] != ' ' || content[length - 1] != '\n')
            {
                throw new BadInputException($"{where}: {Damage}");
            }

            var line = content[(digits + 1)..(length - 1)];
            var at = line.IndexOf((byte)'=');
            if (at < 1)
            {
                throw new BadInputException($"{where}: {Damage}");
            }

            var key = line[..at];
            var value = line[(at + 1)..];
            records = key.SequenceEqual("path"u8) ? records with { Path = value.ToArray() }
                : key.SequenceEqual("size"u8) ? records with { Size = SizeOf(value, where) }
                : key.StartsWith("GNU.sparse."u8) ? records with { IsSparse = true }
                : records;
            content = content[length..];
        }

        return records;
    }

    private static long SizeOf(ReadOnlySpan<byte> value, string where)
        => Utf8Parser.TryParse(value, out long size, out var read) && read == value.Length && size is >= 0 and <= 1L << 50
            ? size
            : throw new BadInputException(
                $"{where}: a pax header says the size {Printable.Name(Encoding.Latin1.GetString(value))}: the file is damaged");
}
