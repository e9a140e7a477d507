using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public class StoredTypeTests
{
    [Theory]
    [InlineData("F4", 3, 2)]
    [InlineData("F6_E2M3", 5, 4)]
    [InlineData("F64", 1L << 58, 1L << 61)]
    [InlineData("F32", (1L << 60) + 1, (1L << 62) + 4)]
    [InlineData("U8", long.MaxValue, long.MaxValue)]
    public void Bytes_are_rounded_up_and_counted_where_bits_would_not_fit(string name, long count, long expected)
        => Assert.Equal(expected, StoredType.OfSafetensors(name)!.ByteLength(count));
}
