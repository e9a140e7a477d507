using Microsoft.Win32.SafeHandles;

namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>A tar file as it is: every place can be read at once.</summary>
internal sealed class TarFile : TarBytes
{
    private readonly SafeFileHandle file;
    private readonly long length;

    /// <summary>Opens it.</summary>
    /// <exception cref="BadInputException">Missing, a folder, or access is denied.</exception>
    internal TarFile(string path) : base(path)
        => (file, length) = InputFile.Guarded(path, static path =>
        {
            if (Directory.Exists(path))
            {
                throw new BadInputException($"{path} is a folder, expected a tar file");
            }

            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            return (handle, RandomAccess.GetLength(handle));
        });

    /// <inheritdoc/>
    internal override long? Length => length;

    /// <inheritdoc/>
    internal override int Read(long offset, Span<byte> into)
    {
        try
        {
            var done = 0;
            while (done < into.Length && RandomAccess.Read(file, into[done..], offset + done) is > 0 and var read)
            {
                done += read;
            }

            return done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadInputException($"{Path} cannot be read: {Printable.Reason(error)}", error);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();
}
