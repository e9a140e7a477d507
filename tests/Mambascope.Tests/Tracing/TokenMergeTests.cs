using Mambascope.Numerics;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Tracing;

public sealed class TokenMergeTests
{
    [Fact]
    public void A_row_vector_goes_through_the_matrix()
    {
        // S = [0.5 0.5 0; 0 0.25 0.75]
        TokenMerge<double> merge = new(before: 3, after: 2, [new(0, 0, 0.5), new(0, 1, 0.5), new(1, 1, 0.25), new(1, 2, 0.75)]);
        var spread = merge.Product(Activation<double>.Of([2, 4, 1, 0], batch: 2, 2, 1));
        Assert.Equal([1, 2, 3, 0.5, 0.5, 0], spread.ToArray());
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    [InlineData(-1, 0)]
    public void Entries_of_tokens_that_do_not_exist_are_refused(int after, int before)
        => Assert.Throws<ArgumentException>(() => new TokenMerge<double>(before: 3, after: 2, [new(after, before, 1)]));

    [Fact]
    public void Windows_of_three_share_out_what_each_token_gives()
    {
        // Along an axis of six, windows at -1..1, 1..3, 3..5: odd tokens lie in two of them, the last in one.
        var merge = TokenMerges.Of<double>(new(1, 6), new(Kernel: 3, Stride: 2, Padding: 1));
        Assert.Equal(
            [(0, 0, 2 / 3.0), (0, 1, 1 / 3.0), (1, 1, 0.25), (1, 2, 0.5), (1, 3, 0.25), (2, 3, 0.2), (2, 4, 0.4), (2, 5, 0.4)],
            merge.Shares.Select(share => (share.After, share.Before, Math.Round(share.Share, 15))).Select(share =>
                (share.After, share.Before, share.Item3)),
            (a, b) => a.Item1 == b.Item1 && a.Item2 == b.Item2 && Math.Abs(a.Item3 - b.Item3) < 1e-12);
    }

    [Theory]
    [InlineData(5, 3, 1, 1.0)] // zeros beside the last column: its one source has all
    [InlineData(5, 2, 0, 0.0)] // cropped: it gives nothing
    public void An_odd_border_is_padded_or_cropped(int columns, int after, int overhang, double last)
    {
        var merge = TokenMerges.Of<double>(new(2, columns), new(Kernel: 2, Stride: 2, Padding: 0, overhang));
        Assert.Equal(after, merge.After);
        Assert.Equal(last, merge.Shares.Where(share => share.Before % columns == columns - 1).Sum(share => share.Share), 12);
        Assert.All(
            merge.Shares.GroupBy(share => share.After), row => Assert.Equal(1, row.Sum(share => share.Share), 12));
    }
}
