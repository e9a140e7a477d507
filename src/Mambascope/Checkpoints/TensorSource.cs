namespace Mambascope.Checkpoints;

/// <summary>
/// One opened file, or several that act as one: what it holds, and the bytes of each tensor.
/// Implementations are safe to read from several threads.
/// </summary>
internal abstract class TensorSource : IDisposable
{
    public abstract IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    public virtual IReadOnlyDictionary<string, string> Metadata => NoMetadata;

    /// <summary>What a GGUF file says about its model; null for other files.</summary>
    public virtual GgufMetadata? Gguf => null;

    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>The sets of weights that may be meant, <see cref="Tensors"/> first; at least one.</summary>
    public virtual IReadOnlyList<TensorSet> Sets => [new("", Tensors)];

    /// <summary>The file that holds a tensor, for messages.</summary>
    public abstract string FileOf(string name);

    /// <summary>Copies a tensor's values, row-major and little-endian, into exactly <see cref="TensorInfo.ByteLength"/> bytes.</summary>
    public abstract void Read(TensorInfo tensor, Span<byte> destination);

    public abstract void Dispose();
}
