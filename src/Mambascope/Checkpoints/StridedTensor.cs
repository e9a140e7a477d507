using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Mambascope.Checkpoints;

/// <summary>A tensor of a PyTorch file, checked against its storage, and the copy of its values in row-major order.</summary>
internal sealed class StridedTensor
{
    // An expanded tensor (stride 0) has more values than its storage; beyond this it serves only to exhaust memory.
    private const long LargestExpansion = 1 << 20;

    private readonly long[] strides;

    private StridedTensor(TensorInfo info, PickleTensor tensor)
    {
        Info = info;
        Offset = tensor.Offset;
        StorageKey = tensor.Storage.Key;
        strides = tensor.Strides;
        StorageByteLength = tensor.Storage.IsUntyped ? tensor.Storage.Count : tensor.Type.ByteLength(tensor.Storage.Count);
        IsContiguous = HasRowMajorStrides();
    }

    public TensorInfo Info { get; }

    public string StorageKey { get; }

    /// <summary>Bytes the pickle says the storage has.</summary>
    public long StorageByteLength { get; }

    /// <summary>Elements of the storage before the first one.</summary>
    public long Offset { get; }

    /// <summary>The values lie in the storage in row-major order, one after the other.</summary>
    public bool IsContiguous { get; }

    public static StridedTensor Check(string name, PickleTensor tensor, string file)
    {
        BadInputException Damaged(string what) => new($"tensor {Printable.Name(name)} in {file} {what}");

        var type = tensor.Type;
        if (
            tensor.Sizes.Length != tensor.Strides.Length
            || tensor.Sizes.Any(size => size is < 0 or > int.MaxValue)
            || tensor.Strides.Any(stride => stride < 0)
            || tensor.Offset < 0)
        {
            throw Damaged("has sizes, strides or an offset that are out of range");
        }

        ImmutableArray<int> shape = [.. tensor.Sizes.Select(size => (int)size)];
        var storageCount = tensor.Storage.IsUntyped && type.Bits > 0
            ? (long)Int128.Min(long.MaxValue, (Int128)tensor.Storage.Count * 8 / type.Bits)
            : tensor.Storage.Count;
        if (storageCount is < 0 or > long.MaxValue / 8 || !TensorInfo.TryCount(shape.AsSpan(), out var count))
        {
            throw Damaged("has a size that is out of range");
        }

        if (End(tensor, count) > storageCount)
        {
            throw Damaged(
                $"has shape {TensorInfo.ShapeText(shape.AsSpan())}, strides ({string.Join(", ", tensor.Strides)}) and offset "
                    + $"{tensor.Offset}, which reach beyond its storage of {storageCount} values");
        }

        if (count > Math.Max(storageCount, LargestExpansion))
        {
            throw Damaged($"expands {storageCount} stored values to {count}, expected at most {LargestExpansion}");
        }

        return new StridedTensor(new TensorInfo(name, type, shape), tensor);
    }

    /// <summary>Copies the values out of the whole storage's bytes.</summary>
    public void Gather(ReadOnlySpan<byte> storage, Span<byte> destination)
    {
        if (IsContiguous)
        {
            storage.Slice(checked((int)(Offset * Info.Type.ByteSize())), destination.Length).CopyTo(destination);
            return;
        }

        switch (Info.Type.ByteSize())
        {
            case 1: Gather<byte>(storage, destination); break;
            case 2: Gather<ushort>(storage, destination); break;
            case 4: Gather<uint>(storage, destination); break;
            default: Gather<ulong>(storage, destination); break;
        }
    }

    private void Gather<T>(ReadOnlySpan<byte> storageBytes, Span<byte> destinationBytes) where T : unmanaged
    {
        var storage = MemoryMarshal.Cast<byte, T>(storageBytes);
        var destination = MemoryMarshal.Cast<byte, T>(destinationBytes);
        var rank = strides.Length;
        var inner = rank == 0 ? 1 : Info.Shape[^1];
        var step = rank == 0 ? 1 : strides[^1];
        Span<int> index = stackalloc int[rank];
        var start = Offset;
        for (var written = 0; written < destination.Length; written += inner)
        {
            for (var i = 0; i < inner; i++)
            {
                destination[written + i] = storage[(int)(start + i * step)];
            }

            // The next row: count up the outer axes like an odometer, the last of them fastest.
            for (var axis = rank - 2; axis >= 0; axis--)
            {
                start += strides[axis];
                if (++index[axis] < Info.Shape[axis])
                {
                    break;
                }

                start -= strides[axis] * Info.Shape[axis];
                index[axis] = 0;
            }
        }
    }

    /// <summary>One more than the largest element reached; too large to be true where that overflows.</summary>
    private static Int128 End(PickleTensor tensor, long count)
    {
        Int128 last = tensor.Offset;
        for (var axis = 0; axis < tensor.Sizes.Length; axis++)
        {
            // Below 2^31 * 2^63 each, and at most 32 of them: no overflow.
            last += (Int128)(tensor.Sizes[axis] - 1) * tensor.Strides[axis];
        }

        return count == 0 ? tensor.Offset : last + 1;
    }

    private bool HasRowMajorStrides()
    {
        long expected = 1;
        for (var axis = strides.Length - 1; axis >= 0; axis--)
        {
            if (Info.Shape[axis] != 1 && strides[axis] != expected)
            {
                return false;
            }

            expected *= Info.Shape[axis];
        }

        return true;
    }
}
