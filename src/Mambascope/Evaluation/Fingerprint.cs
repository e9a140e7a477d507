using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mambascope.Evaluation;

/// <summary>A short hash of things in their order. Every part is framed by its length, so that none can be taken for another.</summary>
internal sealed class Fingerprint : IDisposable
{
    /// <summary>Hexadecimal digits that are kept.</summary>
    public const int Digits = 16;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds bytes.</summary>
    public Fingerprint Add(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds text; null is something else than none.</summary>
    public Fingerprint Add(string? text) => text is null ? Add(-1) : Add(Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a number.</summary>
    public Fingerprint Add(long? number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + 1];
        bytes[0] = (byte)(number is null ? 0 : 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], number ?? 0);
        return Add(bytes);
    }

    /// <summary>Adds numbers; null is something else than none.</summary>
    public Fingerprint Add(IEnumerable<int>? numbers)
    {
        var all = numbers?.ToArray();
        Add(all?.Length);
        foreach (var number in all ?? [])
        {
            Add(number);
        }

        return this;
    }

    /// <summary>The first digits of SHA-256 over all that was added.</summary>
    public override string ToString() => Convert.ToHexStringLower(hash.GetCurrentHash())[..Digits];

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();
}
