using System.Runtime.InteropServices;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public sealed class BufferPoolTests
{
    [Fact]
    public void Buffers_that_are_lent_never_overlap_and_begin_on_cache_lines()
    {
        var (pool, random) = (new BufferPool<float>(), new Random(3));
        var lent = new List<(Activation<float> Activation, float Mark)>();
        for (var i = 0; i < 2000; i++)
        {
            if (lent.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(lent.Count);
                pool.Return(lent[at].Activation);
                lent.RemoveAt(at);
                continue;
            }

            var activation = pool.Rent(1, random.Next(1, 60), random.Next(1, 400));
            activation.Extent.Fill(i);
            lent.Add((activation, i));
            Assert.Equal(0, Misalignment(activation));
        }

        Assert.All(lent, pair => Assert.Equal(-1, pair.Activation.Extent.IndexOfAnyExcept(pair.Mark)));
    }

    [Fact]
    public void What_was_returned_is_lent_again_before_more_is_taken()
    {
        var pool = new BufferPool<double>();
        pool.Return(pool.Rent(2, 30, 40));
        var before = pool.AllocatedBytes;
        for (var i = 0; i < 100; i++)
        {
            pool.Return(pool.Rent(1, 40, 60));
        }

        Assert.Equal(before, pool.AllocatedBytes);
        Assert.True(pool.Rent(3, 1_000_000, 1).Count == 3_000_000, "larger than any slab");
    }

    [Fact]
    public void Returning_twice_or_to_another_pool_is_refused()
    {
        var pool = new BufferPool<float>();
        var activation = pool.Rent(1, 2, 3);
        Assert.Throws<InvalidOperationException>(() => new BufferPool<float>().Return(activation));
        pool.Return(activation);
        Assert.Throws<InvalidOperationException>(() => pool.Return(activation));
    }

    // The slabs are pinned: the address is what it was.
    private static int Misalignment(Activation<float> activation)
        => (int)(Marshal.UnsafeAddrOfPinnedArrayElement(activation.Buffer, activation.Offset) % 64);
}
