using System.IO.Compression;

namespace Mambascope.Checkpoints;

/// <summary>
/// NumPy's .npz: a zip archive, stored or deflated, of arrays in .npy format. Opening lists names; an array is unpacked when it is asked
/// for and its checksum compared.
/// </summary>
internal sealed class NpzFile : IDisposable
{
    private const string Ending = ".npy";

    // Labels that are all alike shrink a thousandfold, pictures to a fifth. More than that in large arrays is a zip bomb.
    private const long LargestRatio = 64;
    private const long AlwaysAllowed = 16 << 20;

    private readonly string file;
    private readonly ZipArchive zip;
    private readonly Lock reading = new();
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    private NpzFile(string file, ZipArchive zip) => (this.file, this.zip) = (file, zip);

    /// <summary>Names of the arrays.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Opens a file.</summary>
    /// <exception cref="BadInputException">Missing, damaged, or no archive of arrays.</exception>
    public static NpzFile Open(string path)
    {
        var stream = InputFile.Open(path);
        try
        {
            return Guarded(path, () =>
            {
                var opened = new NpzFile(path, new ZipArchive(stream, ZipArchiveMode.Read));
                opened.List(stream.Length);
                return opened;
            });
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is an array of that name.</summary>
    public bool Has(string name) => entries.ContainsKey(name);

    /// <summary>An array of unsigned bytes: shape and row-major values.</summary>
    /// <exception cref="BadInputException">There is none of that name, it is damaged or of another type.</exception>
    public (int[] Shape, byte[] Values) ReadBytes(string name) => NpyReader.Parse<byte>(Unpack(name), Place(name));

    /// <summary>An array of whole numbers, bytes or of 64 bits: shape and row-major values.</summary>
    /// <exception cref="BadInputException">There is none of that name, it is damaged or of another type.</exception>
    public (int[] Shape, long[] Values) ReadWhole(string name)
    {
        var bytes = Unpack(name);
        if (NpyHeader.DescrOf(bytes) != NpyHeader.Descr<byte>())
        {
            return NpyReader.Parse<long>(bytes, Place(name));
        }

        var (shape, values) = NpyReader.Parse<byte>(bytes, Place(name));
        return (shape, Array.ConvertAll(values, value => (long)value));
    }

    /// <summary>An array of numbers of any of the usual types: shape and row-major values as singles.</summary>
    /// <exception cref="BadInputException">There is none of that name, it is damaged or of another type.</exception>
    public (int[] Shape, float[] Values) ReadNumbers(string name)
    {
        var (bytes, place) = (Unpack(name), Place(name));
        return NpyHeader.DescrOf(bytes) switch
        {
            "<f8" => Of<double>(value => (float)value),
            "|u1" => Of<byte>(value => value),
            "<u2" => Of<ushort>(value => value),
            "<i2" => Of<short>(value => value),
            "<i4" => Of<int>(value => value),
            "<i8" => Of<long>(value => value),
            _ => NpyReader.Parse<float>(bytes, place),
        };

        (int[], float[]) Of<T>(Converter<T, float> convert)
            where T : unmanaged
        {
            var (shape, values) = NpyReader.Parse<T>(bytes, place);
            return (shape, Array.ConvertAll(values, convert));
        }
    }

    /// <summary>What messages call an array.</summary>
    public string Place(string name) => $"{file}: {Printable.Name(name)}";

    /// <inheritdoc/>
    public void Dispose() => zip.Dispose();

    private byte[] Unpack(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
        {
            throw new BadInputException($"{file} has no array {Printable.Name(name)}; it has {Listed()}");
        }

        lock (reading)
        {
            return Guarded(Place(name), () =>
            {
                var bytes = new byte[entry.Length];
                using var stream = entry.Open();
                stream.ReadExactly(bytes);
                var sum = new Crc32();
                sum.Append(bytes);
                return sum.Value == entry.Crc32
                    ? bytes
                    : throw new BadInputException(
                        $"{Place(name)} is damaged: its contents have the checksum {sum.Value:X8}, expected {entry.Crc32:X8}; copy or "
                            + "download it again");
            });
        }
    }

    private void List(long archiveLength)
    {
        var limit = Math.Min((LargestRatio * archiveLength) + AlwaysAllowed, Array.MaxLength);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.EndsWith(Ending, StringComparison.Ordinal)))
        {
            if (entry.IsEncrypted || entry.Length > limit)
            {
                throw new BadInputException(entry.IsEncrypted
                    ? $"{file} is encrypted at its entry {Printable.Name(entry.FullName)}"
                    : $"{file} would unpack to {entry.Length:N0} bytes at its entry {Printable.Name(entry.FullName)}, expected at most "
                        + $"{limit:N0}");
            }

            if (!entries.TryAdd(entry.FullName[..^Ending.Length], entry))
            {
                throw new BadInputException($"{file} holds the entry {Printable.Name(entry.FullName)} twice");
            }
        }

        if (entries.Count == 0)
        {
            throw new BadInputException($"{file} is a zip archive without arrays (.npy); expected a file of numpy.savez");
        }
    }

    private string Listed() => string.Join(", ", Names.Order(StringComparer.Ordinal).Take(12).Select(Printable.Name));

    private static T Guarded<T>(string place, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error
            is IOException or InvalidDataException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new BadInputException($"{place} is a damaged or truncated npz file: {Printable.Reason(error)}", error);
        }
    }
}
