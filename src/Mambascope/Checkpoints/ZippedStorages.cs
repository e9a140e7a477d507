namespace Mambascope.Checkpoints;

/// <summary>
/// What torch.save writes since PyTorch 1.6: a zip archive in which <c>data.pkl</c> says what there is and <c>data/KEY</c> are the
/// storages.
/// </summary>
internal sealed class ZippedStorages : TorchStorages
{
    // Pickles of real checkpoints, optimiser included, have a few hundred kilobytes. Interpreting one takes up to fifty times its size.
    private const long LargestPickle = 16 << 20;

    private readonly PyTorchArchive archive;

    private ZippedStorages(PyTorchArchive archive) => this.archive = archive;

    /// <summary>Opens an archive and reads its pickle; the stream is its own from here on, also when this fails.</summary>
    public static ZippedStorages Open(Stream stream, string file, out object? root)
    {
        var opened = PyTorchArchive.Open(stream, file);
        try
        {
            RefuseBigEndian(opened, file);
            if (opened.LengthOf("data.pkl") is > LargestPickle and var length)
            {
                throw new BadInputException($"{file} has a data.pkl of {length:N0} bytes, expected at most {LargestPickle:N0}");
            }

            root = Unpickler.Load(opened.ReadAll("data.pkl"), file);
            return new ZippedStorages(opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public override long? LengthOf(string key) => archive.LengthOf(Describe(key));

    public override void Read(string key, long offset, Span<byte> destination) => archive.Read(Describe(key), offset, destination);

    public override string Describe(string key) => "data/" + key;

    public override void Dispose() => archive.Dispose();

    private static void RefuseBigEndian(PyTorchArchive archive, string file)
    {
        if (archive.LengthOf("byteorder") is 3 && archive.ReadAll("byteorder").AsSpan().SequenceEqual("big"u8))
        {
            throw new BadInputException($"{file} was saved on a big-endian machine, which is not supported");
        }
    }
}
