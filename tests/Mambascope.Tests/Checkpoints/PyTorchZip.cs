using System.IO.Compression;

namespace Mambascope.Tests.Checkpoints;

/// <summary>The zip container of torch.save around a pickle and its storages.</summary>
internal static class PyTorchZip
{
    public static byte[] Build(byte[] pickle, params (string Key, Array Values)[] storages)
        => Build(pickle, CompressionLevel.NoCompression, "archive/", storages);

    public static byte[] Build(byte[] pickle, CompressionLevel level, string top, params (string Key, Array Values)[] storages)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, level, top + "data.pkl", pickle);
            Add(zip, level, top + "byteorder", "little"u8);
            foreach ((var key, var values) in storages)
            {
                Add(zip, level, top + "data/" + key, Bytes(values));
            }

            Add(zip, level, top + "version", "3\n"u8);
        }

        return bytes.ToArray();
    }

    public static void Add(ZipArchive zip, CompressionLevel level, string name, ReadOnlySpan<byte> content)
    {
        var entry = zip.CreateEntry(name, level);
        // A fixed time: the mutation tests must start from the same bytes on every day.
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(content);
    }

    private static byte[] Bytes(Array values)
    {
        var bytes = new byte[Buffer.ByteLength(values)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
