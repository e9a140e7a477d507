namespace Mambascope.Checkpoints;

/// <summary>The storages of a PyTorch file by their keys, whatever container holds them. Safe to read from several threads.</summary>
internal abstract class TorchStorages : IDisposable
{
    /// <summary>Bytes of a storage, or null where there is none of that key.</summary>
    public abstract long? LengthOf(string key);

    /// <summary>Reads a part of a storage that exists.</summary>
    public abstract void Read(string key, long offset, Span<byte> destination);

    /// <summary>What messages call a storage.</summary>
    public abstract string Describe(string key);

    /// <summary>Reads a whole storage that exists.</summary>
    public byte[] ReadAll(string key)
    {
        var bytes = new byte[LengthOf(key)!.Value];
        Read(key, 0, bytes);
        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public abstract void Dispose();
}
