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
}
