using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Mambascope.Training;

/// <summary>
/// Keeps a <see cref="TrainingState"/> in a folder so that a crash at any moment loses at most the steps since the last save:
/// a new state is written beside the old one, flushed to the disk and renamed; the one before is kept as well.
/// <para>
/// Layout, little-endian: 8 bytes "MAMBATRN", int32 version, int64 payload length, payload, SHA-256 of the payload. Payload:
/// settings, five counters, int32 number of arrays, then each array's name, int32 length and float32 values.
/// </para>
/// </summary>
internal sealed class TrainingStateFile
{
    private const int Version = 1;
    private const int HeaderLength = 8 + 4 + 8;

    /// <summary>A state in <paramref name="folder"/>, which need not exist yet.</summary>
    public TrainingStateFile(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
    }

    /// <summary>The folder that holds the state.</summary>
    public string Folder { get; }

    private static ReadOnlySpan<byte> Magic => "MAMBATRN"u8;

    private string Current => Path.Combine(Folder, "state.bin");

    private string Previous => Path.Combine(Folder, "state.previous.bin");

    /// <summary>
    /// Where the state of the run called <paramref name="name"/> belongs: <c>mambascope/training/NAME</c> in the user's cache folder
    /// (XDG_CACHE_HOME, else ~/.cache; on Windows the local application data).
    /// </summary>
    public static TrainingStateFile InUserCache(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name is "." or ".." || name.AsSpan().ContainsAny('/', '\\', ':'))
        {
            throw new BadInputException($"run name '{name}': expected a plain name without '/', '\\' or ':'");
        }

        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(cache ?? "")) // the XDG rules: a relative path is to be ignored
        {
            cache = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        }

        return new TrainingStateFile(Path.Combine(cache!, "mambascope", "training", name));
    }

    /// <summary>Writes a state; when this returns it is on the disk.</summary>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Directory.CreateDirectory(Folder);
        var writing = Path.Combine(Folder, "state.writing.bin");
        using (var file = new FileStream(writing, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var payload = Encode(state);
            Span<byte> header = stackalloc byte[HeaderLength];
            Magic.CopyTo(header);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
            BinaryPrimitives.WriteInt64LittleEndian(header[12..], payload.Length);
            file.Write(header);
            file.Write(payload);
            file.Write(SHA256.HashData(payload));
            file.Flush(flushToDisk: true);
        }

        // Between the two renames there is no current state, but the previous one is whole: Load looks at both. A damaged
        // current state never replaces a whole previous one.
        if (File.Exists(Current) && TryRead(Current, out _) is null)
        {
            File.Move(Current, Previous, overwrite: true);
        }

        File.Move(writing, Current, overwrite: true);
    }

    /// <summary>
    /// Reads the newest whole state; null where there is none yet. <paramref name="damage"/> says what was wrong with a newer one that
    /// had to be passed over, else it is null.
    /// </summary>
    /// <exception cref="BadInputException">There are states but none is whole, or they were written by another version.</exception>
    public TrainingState? Load(out string? damage)
    {
        damage = null;
        var found = false;
        foreach (var path in new[] { Current, Previous })
        {
            if (!File.Exists(path))
            {
                continue;
            }

            found = true;
            var problem = TryRead(path, out var state);
            if (problem is null)
            {
                return state;
            }

            damage ??= problem;
        }

        return found ? throw new BadInputException($"{damage}; no whole state is left: delete {Folder} to train from the start") : null;
    }

    // Null, or what is wrong with the file.
    private static string? TryRead(string path, out TrainingState? state)
    {
        state = null;
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header[..8].SequenceEqual(Magic))
        {
            return $"{path}: expected a training state, found {file.Length} bytes that are none";
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
        {
            return $"{path}: expected a training state of version {Version}, found version {version}";
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(header[12..]);
        if (length < 0 || length > Array.MaxLength || file.Length != HeaderLength + length + SHA256.HashSizeInBytes)
        {
            return $"{path}: expected {length} bytes of training state, found a file of {file.Length} bytes: it is torn";
        }

        var payload = new byte[length];
        file.ReadExactly(payload);
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        file.ReadExactly(expected);
        if (!SHA256.HashData(payload).AsSpan().SequenceEqual(expected))
        {
            return $"{path}: the training state's checksum does not match its content: it is damaged";
        }

        state = Decode(payload);
        return null;
    }

    private static byte[] Encode(TrainingState state)
    {
        using var stream = new MemoryStream(1024 + state.Arrays.Sum(a => (4 * a.Value.Length) + 256));
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(state.Settings);
        writer.Write(state.Step);
        writer.Write(state.OptimizerSteps);
        writer.Write(state.AverageUpdates);
        writer.Write(state.BestScore);
        writer.Write(state.Elapsed.Ticks);
        writer.Write(state.Arrays.Count);
        foreach (var (name, values) in state.Arrays.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(values.Length);
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        writer.Flush();
        return stream.ToArray();
    }

    // Only reached when the checksum is right, so the content is what Encode wrote.
    private static TrainingState Decode(byte[] payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload), Encoding.UTF8);
        var settings = reader.ReadString();
        var (step, optimizerSteps, averageUpdates) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var (best, elapsed) = (reader.ReadDouble(), TimeSpan.FromTicks(reader.ReadInt64()));
        var arrays = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var name = reader.ReadString();
            var values = new float[reader.ReadInt32()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            arrays.Add(name, values);
        }

        return new TrainingState
        {
            Settings = settings,
            Step = step,
            OptimizerSteps = optimizerSteps,
            AverageUpdates = averageUpdates,
            BestScore = best,
            Elapsed = elapsed,
            Arrays = arrays,
        };
    }
}
