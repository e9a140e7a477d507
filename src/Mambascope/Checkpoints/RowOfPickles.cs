using System.Buffers.Binary;

namespace Mambascope.Checkpoints;

/// <summary>
/// What torch.save wrote before PyTorch 1.6: a row of pickles (a magic number, the format's version, the machine's sizes, the object, the
/// keys of its storages) and then the storages in the order of the keys, each after the number of its values in eight bytes.
/// Format: _legacy_save in torch/serialization.py. The pickles go through the same allow-list as those of later files.
/// </summary>
internal sealed class RowOfPickles : TorchStorages
{
    private const int LargestPickles = 16 << 20;
    private const int LengthBytes = 8;
    private const long Version = 1001;

    // 0x1950A86A20F9469CFC6C as a pickled integer of ten bytes.
    private static ReadOnlySpan<byte> Magic => [(byte)PickleOpcode.Long1, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    private readonly string file;
    private readonly Stream stream;
    private readonly Dictionary<string, (long Start, long Length)> places;
    private readonly Lock reading = new();

    private RowOfPickles(string file, Stream stream, Dictionary<string, (long Start, long Length)> places)
        => (this.file, this.stream, this.places) = (file, stream, places);

    /// <summary>Whether a file may begin so.</summary>
    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith([(byte)PickleOpcode.Proto]);

    /// <summary>Opens a file; the stream is its own from here on, also when this fails.</summary>
    public static RowOfPickles Open(Stream stream, string file, out object? root)
    {
        try
        {
            var (value, found) = InputFile.Guarded(file, file => Read(stream, file));
            root = value;
            return new(file, stream, found);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override long? LengthOf(string key) => places.TryGetValue(key, out var place) ? place.Length : null;

    public override void Read(string key, long offset, Span<byte> destination)
    {
        lock (reading)
        {
            try
            {
                stream.Position = places[key].Start + offset;
                stream.ReadExactly(destination);
            }
            catch (IOException error)
            {
                throw new BadInputException($"{file} is damaged or truncated at its {Describe(key)}: {Printable.Reason(error)}", error);
            }
        }
    }

    public override string Describe(string key) => "storage " + key;

    public override void Dispose() => stream.Dispose();

    private static (object? Root, Dictionary<string, (long Start, long Length)> Places) Read(Stream stream, string file)
    {
        var head = new byte[(int)Math.Min(stream.Length, LargestPickles)];
        stream.ReadExactly(head);
        var reader = new PickleReader(head, file);
        var isMagic = head.AsSpan(0, Math.Min(head.Length, 32)).IndexOf(Magic) > 0;
        if (!isMagic
            || !ReferenceEquals(Unpickler.Load(reader, out _), PickleOpaque.Integer)
            || Unpickler.Load(reader, out _) is not Version)
        {
            throw new BadInputException($"{file} is a pickle, but not as torch.save wrote it before PyTorch 1.6: save the model's "
                + "state_dict() with torch.save");
        }

        if (Unpickler.Load(reader, out _) is PickleDict sizes && sizes.Entries.GetValueOrDefault("little_endian") is false)
        {
            throw new BadInputException($"{file} was saved on a big-endian machine, which is not supported");
        }

        var root = Unpickler.Load(reader, out var storages);
        return Unpickler.Load(reader, out _, keepsLists: true) is PickleList keys
            ? (root, Places(keys, storages, stream, reader.Position, file))
            : throw reader.Damaged("the list of storages is missing");
    }

    private static Dictionary<string, (long Start, long Length)> Places(
        PickleList keys, IReadOnlyDictionary<string, PickleStorage> storages, Stream stream, long start, string file)
    {
        var found = new Dictionary<string, (long Start, long Length)>(StringComparer.Ordinal);
        Span<byte> count = stackalloc byte[LengthBytes];
        foreach (var item in keys.Items)
        {
            if (item is not string key || !storages.TryGetValue(key, out var storage)
                || storage.Type.Bits % 8 != 0 || storage.Type.Bits == 0)
            {
                throw new BadInputException($"{file} lists a storage {Printable.Name(item as string ?? "")} that nothing uses or whose "
                    + "type is not known: where the next one begins cannot be told");
            }

            stream.Position = start;
            stream.ReadExactly(count);
            var (values, size) = (BinaryPrimitives.ReadInt64LittleEndian(count), storage.Type.Bits / 8);
            start += LengthBytes;
            if (values < 0 || values > (stream.Length - start) / size)
            {
                throw new BadInputException($"{file} announces {values:N0} values for its storage {Printable.Name(key)}, but "
                    + $"{stream.Length - start:N0} bytes follow: it is truncated or damaged");
            }

            if (!found.TryAdd(key, (start, values * size)))
            {
                throw new BadInputException($"{file} lists the storage {Printable.Name(key)} twice");
            }

            start += values * size;
        }

        return found;
    }
}
