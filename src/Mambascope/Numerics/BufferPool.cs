using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Buffers that are used again: 64-byte aligned arrays on the pinned heap (a cache line and an AVX-512 register are 64 bytes).
/// Contents of a rented buffer are undefined. Thread-safe. Memory goes back to the runtime when the pool is dropped.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class BufferPool<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly Dictionary<int, Stack<T[]>> free = [];
    private readonly Lock gate = new();
    private BufferPool<double>? wide;

    /// <summary>Bytes of all buffers this pool has ever made and still owns or has lent.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>The pool of double-precision buffers that goes with this one; itself for double.</summary>
    public BufferPool<double> Wide
        => this as BufferPool<double> ?? wide ?? Interlocked.CompareExchange(ref wide, new(), comparand: null) ?? wide;

    /// <summary>Lends a dense activation of the given shape; contents undefined.</summary>
    public Activation<T> Rent(int batch, int length, int width)
    {
        var count = checked(batch * length * width);
        var buffer = RentBuffer(count);
        return new(buffer, AlignedOffset(buffer), batch, length, width, width);
    }

    /// <summary>Takes an activation's buffer back; no view of it may be used afterwards.</summary>
    public void Return(Activation<T> activation)
    {
        lock (gate)
        {
            if (!free.TryGetValue(activation.Buffer.Length, out var stack))
            {
                free.Add(activation.Buffer.Length, stack = new());
            }

            stack.Push(activation.Buffer);
        }
    }

    private T[] RentBuffer(int count)
    {
        // Sizes are rounded up to whole kibielements, so that nearly equal shapes share buffers.
        var size = (((count + 1023) / 1024) * 1024) + (Alignment / Unsafe.SizeOf<T>());
        lock (gate)
        {
            if (free.TryGetValue(size, out var stack) && stack.TryPop(out var buffer))
            {
                return buffer;
            }

            AllocatedBytes += (long)size * Unsafe.SizeOf<T>();
        }

        return GC.AllocateUninitializedArray<T>(size, pinned: true);
    }

    // Pinned, so the address never changes and the offset stays right.
    private static unsafe int AlignedOffset(T[] buffer)
    {
        fixed (T* first = buffer)
        {
            var misaligned = (int)((nuint)first % Alignment);
            return misaligned == 0 ? 0 : (Alignment - misaligned) / sizeof(T);
        }
    }
}
