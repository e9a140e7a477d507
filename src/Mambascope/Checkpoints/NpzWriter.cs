using System.IO.Compression;

namespace Mambascope.Checkpoints;

/// <summary>
/// NumPy's .npz: a zip archive, not compressed, with one .npy file for each array. Equal arrays give equal bytes: every entry has the
/// first date that a zip archive knows.
/// </summary>
internal static class NpzWriter
{
    private static readonly DateTimeOffset date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes an archive; it appears at the path only when it is complete.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="arrays">Each with what writes its values, row-major.</param>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<(TensorInfo Tensor, Action<Stream> Write)> arrays)
        => AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (tensor, write) in arrays)
            {
                var entry = archive.CreateEntry(tensor.Name + ".npy", CompressionLevel.NoCompression);
                entry.LastWriteTime = date;
                using var content = entry.Open();
                content.Write(NpyHeader.Write(Descr(tensor), [.. tensor.Shape]));
                write(content);
            }
        });

    private static string Descr(TensorInfo tensor) => tensor.Type switch
    {
        TensorType.F32 => "<f4",
        TensorType.F64 => "<f8",
        TensorType.F16 => "<f2",
        TensorType.I64 => "<i8",
        TensorType.I32 => "<i4",
        TensorType.U8 => "|u1",
        TensorType.BOOL => "|b1",
        _ => throw new NotSupportedException($"{tensor.Type} is no type of NumPy's ({tensor.Name})"),
    };
}
