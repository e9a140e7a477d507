using System.IO.Compression;

namespace Mambascope.Checkpoints;

/// <summary>
/// The zip container of a PyTorch file: entries below one top folder whose name varies. Entries stored or deflated; one lock, since
/// all of them share a stream. An entry's checksum is checked when something of it is read for the first time.
/// </summary>
internal sealed class PyTorchArchive : IDisposable
{
    // torch.save does not compress. Whoever zipped again what it wrote gains little on weights; a zip bomb gains a thousandfold.
    private const long LargestRatio = 16;
    private const long AlwaysAllowed = 1 << 20;

    private readonly string file;
    private readonly ZipArchive zip;
    private readonly Lock reading = new();
    private readonly Dictionary<string, ZipArchiveEntry> entries;
    private readonly HashSet<string> verified = new(StringComparer.Ordinal);

    private PyTorchArchive(string file, ZipArchive zip, Dictionary<string, ZipArchiveEntry> entries)
    {
        this.file = file;
        this.zip = zip;
        this.entries = entries;
    }

    /// <summary>Opens the archive; the stream is its own from here on, also when this fails.</summary>
    public static PyTorchArchive Open(Stream stream, string file)
    {
        try
        {
            return Guarded(file, () =>
            {
                var opened = new ZipArchive(stream, ZipArchiveMode.Read);
                CheckSizes(opened, stream.Length, file);
                return new PyTorchArchive(file, opened, BelowTopFolder(opened, file));
            });
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Uncompressed size of an entry, or null where there is none of that name.</summary>
    public long? LengthOf(string name) => entries.TryGetValue(name, out var entry) ? entry.Length : null;

    /// <summary>Reads a whole entry that exists.</summary>
    public byte[] ReadAll(string name)
    {
        var bytes = new byte[entries[name].Length];
        Read(name, 0, bytes);
        return bytes;
    }

    /// <summary>Reads a part of an entry that exists.</summary>
    public void Read(string name, long offset, Span<byte> destination)
    {
        lock (reading)
        {
            try
            {
                using var stream = entries[name].Open();
                if (verified.Contains(name))
                {
                    Pass(stream, offset, sum: null);
                    stream.ReadExactly(destination);
                }
                else
                {
                    ReadVerified(stream, name, offset, destination);
                    verified.Add(name);
                }
            }
            catch (Exception error) when (IsFileFault(error))
            {
                throw new BadInputException(
                    $"{file} is damaged or truncated at its entry {Printable.Name(name)}: {Printable.Reason(error)}", error);
            }
        }
    }

    public void Dispose() => zip.Dispose();

    /// <summary>Runs over the container; whatever it throws at damaged input becomes one line.</summary>
    private static T Guarded<T>(string file, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (IsFileFault(error))
        {
            throw new BadInputException($"{file} is a damaged or truncated PyTorch file: {Printable.Reason(error)}", error);
        }
    }

    private static bool IsFileFault(Exception error)
    {
        return error
            is IOException
                or InvalidDataException
                or ArgumentException
                or NotSupportedException
                or OverflowException
                or UnauthorizedAccessException;
    }

    private static void CheckSizes(ZipArchive zip, long archiveLength, string file)
    {
        var limit = LargestRatio * archiveLength + AlwaysAllowed;
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            if (entry.IsEncrypted)
            {
                throw new BadInputException($"{file} is encrypted at its entry {Printable.Name(entry.FullName)}");
            }

            // Compared before it is added, so that nothing overflows.
            if (entry.Length > limit - total)
            {
                throw new BadInputException(
                    $"{file} would unpack to more than {limit:N0} bytes from {archiveLength:N0} (entry {Printable.Name(entry.FullName)}: "
                        + $"{entry.Length:N0}): a zip bomb, or no PyTorch file; nothing was unpacked");
            }

            total += entry.Length;
        }
    }

    private static Dictionary<string, ZipArchiveEntry> BelowTopFolder(ZipArchive zip, string file)
    {
        const string Pickle = "data.pkl";
        string[] tops =
        [
            .. zip
                .Entries.Select(entry => entry.FullName)
                .Where(name =>
                    name is Pickle
                    || (
                        name.EndsWith("/" + Pickle, StringComparison.Ordinal)
                        && name.IndexOf('/', StringComparison.Ordinal) == name.Length - Pickle.Length - 1))
                .Select(name => name[..^Pickle.Length]),
        ];
        if (tops is not [string top])
        {
            throw new BadInputException(
                $"{file} is a zip archive with {tops.Length} entries data.pkl, expected one: it is no PyTorch checkpoint");
        }

        var below = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.StartsWith(top, StringComparison.Ordinal)))
        {
            if (!below.TryAdd(entry.FullName[top.Length..], entry))
            {
                throw new BadInputException($"{file} holds the entry {Printable.Name(entry.FullName)} twice");
            }
        }

        return below;
    }

    private void ReadVerified(Stream stream, string name, long offset, Span<byte> destination)
    {
        var entry = entries[name];
        var sum = new Crc32();
        Pass(stream, offset, sum);
        stream.ReadExactly(destination);
        sum.Append(destination);
        Pass(stream, entry.Length - offset - destination.Length, sum);

        // torch.serialization.set_crc32_options(False) leaves the sums out.
        if (entry.Crc32 != 0 && entry.Crc32 != sum.Value)
        {
            throw new BadInputException($"{file} is damaged at its entry {Printable.Name(name)}: its contents have the checksum "
                + $"{sum.Value:X8}, expected {entry.Crc32:X8}; copy or download it again");
        }
    }

    private static void Pass(Stream stream, long count, Crc32? sum)
    {
        if (count <= 0)
        {
            return;
        }

        var passed = new byte[Math.Min(count, 1 << 16)];
        for (var left = count; left > 0; left -= Math.Min(left, passed.Length))
        {
            var part = passed.AsSpan(0, (int)Math.Min(left, passed.Length));
            stream.ReadExactly(part);
            sum?.Append(part);
        }
    }
}
