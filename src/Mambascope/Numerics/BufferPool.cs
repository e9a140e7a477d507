using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Buffers that are used again: stretches of a few large arrays (slabs) on the pinned heap, each beginning on a cache line. Large arrays
/// get huge pages, which hundreds of buffers of their own would not: see <see cref="HugePages"/>.
/// Contents of a rented buffer are undefined. Thread-safe. Memory goes back to the runtime when the pool is dropped.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class BufferPool<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    // Sizes are rounded up to whole kibielements: nearly equal shapes share buffers, and every one begins on a cache line.
    private const int Grain = 1024;

    // A slab is a quarter of what there is already, within these bounds: little is taken in vain, and large pools have few slabs.
    private const int SmallestSlab = 1 << 18;
    private const int LargestSlab = 1 << 25;

    private readonly Dictionary<int, Stack<Place>> free = [];
    private readonly Dictionary<Place, int> lent = [];
    private readonly List<Slab> slabs = [];
    private readonly Lock gate = new();
    private BufferPool<double>? wide;

    /// <summary>Bytes of all buffers that this pool has ever made; its slabs have some room beside.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>The pool of double-precision buffers that goes with this one; itself for double.</summary>
    public BufferPool<double> Wide
        => this as BufferPool<double> ?? wide ?? Interlocked.CompareExchange(ref wide, new(), comparand: null) ?? wide;

    /// <summary>Lends a dense activation of the given shape; contents undefined.</summary>
    public Activation<T> Rent(int batch, int length, int width)
    {
        var count = checked(batch * length * width);
        var size = Math.Max(1, (int)(((long)count + Grain - 1) / Grain)) * Grain;
        lock (gate)
        {
            var place = free.TryGetValue(size, out var stack) && stack.TryPop(out var used) ? used : Take(size);
            lent.Add(place, size);
            return new(place.Buffer, place.Offset, batch, length, width, width);
        }
    }

    /// <summary>Takes an activation's memory back, whole, by a view that begins with it; no view of it may be used afterwards.</summary>
    /// <exception cref="InvalidOperationException">It was not lent by this pool, or has been taken back already.</exception>
    public void Return(Activation<T> activation)
    {
        var place = new Place(activation.Buffer, activation.Offset);
        lock (gate)
        {
            if (!lent.Remove(place, out var size))
            {
                throw new InvalidOperationException("This memory is not lent: it was returned before, or is another pool's");
            }

            if (!free.TryGetValue(size, out var stack))
            {
                free.Add(size, stack = new());
            }

            stack.Push(place);
        }
    }

    private Place Take(int size)
    {
        AllocatedBytes += (long)size * Unsafe.SizeOf<T>();
        foreach (var slab in slabs)
        {
            if (slab.End - slab.Next >= size)
            {
                slab.Next += size;
                return new(slab.Buffer, slab.Next - size);
            }
        }

        var bytes = Math.Clamp(AllocatedBytes / 4, SmallestSlab, LargestSlab);
        var fresh = new Slab(Math.Max(size, (int)(bytes / Unsafe.SizeOf<T>())));
        slabs.Add(fresh);
        fresh.Next += size;
        return new(fresh.Buffer, fresh.Next - size);
    }

    private readonly record struct Place(T[] Buffer, int Offset);

    private sealed class Slab
    {
        public unsafe Slab(int count)
        {
            Buffer = HugePages.Allocate<T>(checked(count + (Alignment / sizeof(T))));
            fixed (T* first = Buffer)
            {
                // Pinned, so the address never changes and the offset stays right.
                var misaligned = (int)((nuint)first % Alignment);
                Next = misaligned == 0 ? 0 : (Alignment - misaligned) / sizeof(T);
            }

            End = Next + count;
        }

        public T[] Buffer { get; }

        /// <summary>Where the part that was never lent begins.</summary>
        public int Next { get; set; }

        public int End { get; }
    }
}
