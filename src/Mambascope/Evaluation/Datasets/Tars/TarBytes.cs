namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>The bytes of a tar file, from any place. Nothing of it is ever written to a disk. Not for several threads at once.</summary>
/// <param name="path">The file.</param>
internal abstract class TarBytes(string path) : IDisposable
{
    private static readonly string[] endings = [".tar", ".tar.gz", ".tgz"];

    /// <summary>The file.</summary>
    internal string Path => path;

    /// <summary>Number of bytes, where that is known without reading them all.</summary>
    internal abstract long? Length { get; }

    /// <summary>Whether a name is that of a tar file.</summary>
    internal static bool Is(string name) => endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of a tar file without its ending.</summary>
    internal static string Bare(string name)
        => endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } ending
            ? name[..^ending.Length]
            : name;

    /// <summary>Opens a tar file, as it is or packed by gzip; its first bytes say which.</summary>
    /// <exception cref="BadInputException">Missing, or it cannot be read.</exception>
    internal static TarBytes Open(string path)
    {
        var file = new TarFile(path);
        Span<byte> magic = stackalloc byte[2];
        if (file.Read(0, magic) < magic.Length || magic is not [0x1F, 0x8B])
        {
            return file;
        }

        file.Dispose();
        return new GzippedTarFile(path);
    }

    /// <summary>Reads from a place on; fewer bytes than asked for only where the file ends.</summary>
    /// <exception cref="BadInputException">The file cannot be read any more, or is no gzip file.</exception>
    internal abstract int Read(long offset, Span<byte> into);

    /// <summary>All bytes of a member.</summary>
    /// <exception cref="BadInputException">The file ends within it.</exception>
    internal byte[] ReadAll(TarMember member)
    {
        var bytes = new byte[member.Size];
        return Read(member.Offset, bytes) == bytes.Length
            ? bytes
            : throw new BadInputException($"{Path}: ends within {Printable.Name(member.Name)}: it was changed while it was read");
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
