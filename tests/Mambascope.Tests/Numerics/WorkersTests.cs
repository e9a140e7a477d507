using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_piece_runs_once(int threads)
    {
        using var workers = new Workers(threads);
        for (var round = 0; round < 3000; round++)
        {
            var pieces = round % 23;
            var counts = new int[pieces];
            workers.For(pieces, i => Interlocked.Increment(ref counts[i]));
            Assert.All(counts, count => Assert.Equal(1, count));
            if (round % 500 == 0)
            {
                Thread.Sleep(2); // long enough that the threads fall asleep
            }
        }
    }

    [Fact]
    public void Threads_share_the_work()
    {
        using var workers = new Workers(2);
        var names = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        workers.For(50, _ =>
        {
            names[Environment.CurrentManagedThreadId] = true;
            Thread.Sleep(2);
        });
        Assert.Equal(2, names.Count);
    }

    [Fact]
    public void Nested_and_concurrent_loops_end()
    {
        using var workers = new Workers(3);
        var sum = 0;
        Parallel.For(0, 4, _ => workers.For(20, _ => workers.For(5, _ => Interlocked.Increment(ref sum))));
        Assert.Equal(4 * 20 * 5, sum);
    }

    [Fact]
    public void The_first_exception_comes_back_and_the_set_stays_usable()
    {
        using var workers = new Workers(2);
        var e = Assert.Throws<InvalidOperationException>(() => workers.For(100, i =>
            {
                if (i == 7)
                {
                    throw new InvalidOperationException("seven");
                }
            }));
        Assert.Equal("seven", e.Message);
        var sum = 0;
        workers.For(10, i => Interlocked.Add(ref sum, i));
        Assert.Equal(45, sum);
    }
}
