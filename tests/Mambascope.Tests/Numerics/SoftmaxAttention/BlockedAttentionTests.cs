using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>
/// Attention whose matrix is not kept gives the bits of attention whose matrix is; keys of a text can be shared and gone on with.
/// </summary>
public sealed class BlockedAttentionTests
{
    [Theory]
    [InlineData(2, 3, 3, 37, 8)]
    [InlineData(1, 4, 2, 700, 16)]
    [InlineData(1, 2, 1, 1100, 10)]
    [InlineData(1, 1, 1, 1, 4)]
    public void Values_are_those_of_the_whole_matrix(int batch, int heads, int keyHeads, int length, int width)
    {
        var samples = new Samples(length);
        var q = samples.Activation(batch, length, heads * width, gap: 3);
        var (k, v) = (
            samples.Activation(batch, length, keyHeads * width, gap: 1), samples.Activation(batch, length, keyHeads * width, gap: 2));
        var expected = Whole(q, Repeated(k, keyHeads, heads), Repeated(v, keyHeads, heads), heads);
        foreach (var threads in (int[])[1, 3])
        {
            using var workers = new Workers(threads);
            var found = samples.Activation(batch, length, heads * width, gap: 5);
            BlockedAttention.Forward(workers, q, item => (MatrixView.Of(k.Item(item)), MatrixView.Of(v.Item(item))), heads, 0.3, found);
            Assert.Equal(expected.ToArray(), found.ToArray());
            Samples.Gaps(found, "blocked attention");
        }
    }

    [Theory]
    [InlineData(41, 12)]
    [InlineData(59, 12)]
    [InlineData(57, 70)]
    [InlineData(58, 130)]
    public void New_tokens_see_those_in_the_cache(int before, int width)
    {
        var (heads, length) = (2, 60);
        var samples = new Samples(3);
        Activation<float> q = samples.Activation(1, length, heads * width), k = samples.Activation(1, length, heads * width),
            v = samples.Activation(1, length, heads * width);
        var expected = Whole(q, k, v, heads);
        var cache = new KeyValueCache<float>(heads * width);
        for (var t = 0; t < before; t++)
        {
            cache.Add(k.Row(t), v.Row(t));
        }

        using var workers = new Workers(2);
        var found = Activation<float>.Zeros(1, length - before, heads * width);
        CachedAttention.Forward(workers, Rest(q), Rest(k), Rest(v), heads, 0.3, cache, found);
        Samples.Close(Samples.Widen(Rest(expected)), found, 1e-6, "cached");
        Assert.Equal(length, cache.Count);

        Activation<float> Rest(Activation<float> x)
            => Activation<float>.Of(x.ToArray()[(before * heads * width)..], 1, length - before, heads * width);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void A_row_by_itself_is_the_same_in_registers_of_every_width(int lanes)
    {
        var (count, width) = (23, 37);
        var samples = new Samples(4);
        var q = samples.Activation(1, 1, width);
        var (k, v) = (samples.Activation(1, count, width), samples.Activation(1, count, width));
        var scores = new double[count];
        for (var j = 0; j < count; j++)
        {
            scores[j] = 0.3 * q.ToArray().Zip(k.Row(j).ToArray(), (a, b) => (double)a * b).Sum();
        }

        CachedAttention.Normalise<double>(scores);
        var expected = Enumerable.Range(0, width).Select(i => scores.Select((p, j) => p * v.Row(j)[i]).Sum()).ToArray();
        using var workers = new Workers(1);
        var found = Activation<float>.Zeros(1, 1, width);
        Widths.Run(lanes, new CachedAttention.RowsCall(workers, q, MatrixView.Of(k), MatrixView.Of(v), Heads: 1, 0.3f, found));
        Samples.Close(expected, found.ToArray(), 1e-6, $"{lanes} lanes");
    }

    [Fact]
    public void Copies_of_a_cache_go_on_by_themselves()
    {
        var first = new KeyValueCache<float>(1);
        first.Add([1], [10]);
        first.Add([2], [20]);
        var (second, third) = (first.Copy(), first.Copy());
        first.Add([3], [30]);
        second.Add([4], [40]);
        second.Add([5], [50]);
        third.Add([6], [60]);
        Assert.Equal([1, 2, 3], first.Keys.ToArray());
        Assert.Equal([1, 2, 4, 5], second.Keys.ToArray());
        Assert.Equal([10, 20, 60], third.Values.ToArray());
        Assert.Equal([10, 20, 40, 50], second.Copy().Values.ToArray());
    }

    private static Activation<float> Whole(Activation<float> q, Activation<float> k, Activation<float> v, int heads)
    {
        using var workers = new Workers(1);
        var a = Activation<float>.Zeros(q.Batch, heads * q.Length, q.Length);
        HeadProducts.Scores(workers, q, k, heads, a, accumulate: false);
        Softmax.Forward(workers, a, 0.3, isCausal: true);
        var y = Activation<float>.Zeros(q.Batch, q.Length, q.Width);
        HeadProducts.Mix(workers, a, v, heads, y, accumulate: false);
        return y;
    }

    private static Activation<float> Repeated(Activation<float> x, int keyHeads, int heads)
    {
        var (width, times) = (x.Width / keyHeads, heads / keyHeads);
        var result = Activation<float>.Zeros(x.Batch, x.Length, heads * width);
        for (var row = 0; row < x.Rows; row++)
        {
            for (var head = 0; head < heads; head++)
            {
                x.Row(row).Slice(head / times * width, width).CopyTo(result.Row(row)[(head * width)..]);
            }
        }

        return result;
    }
}
