using System.Buffers.Binary;
using Mambascope.Numerics;

namespace Mambascope.Tests.Numerics;

/// <summary>Blocks of random bytes whose scales are finite and of the order of one over the largest number.</summary>
internal static class RandomBlocks
{
    public static byte[] Of(BlockFormat format, int rows, int columns, int seed)
    {
        var bytes = new byte[rows * columns / format.Values * format.Bytes];
        Fill(format, bytes, new Random(seed));
        return bytes;
    }

    public static void Fill(BlockFormat format, Span<byte> bytes, Random random)
    {
        random.NextBytes(bytes);
        for (var at = 0; at < bytes.Length; at += format.Bytes)
        {
            foreach (var half in Halves(format))
            {
                var scale = (random.NextSingle() - 0.5f) / (half == 0 ? 500 : 300);
                BinaryPrimitives.WriteHalfLittleEndian(bytes[(at + half)..], (Half)scale);
            }
        }
    }

    // Where the format keeps its 16-bit scales, as the specification of the blocks says.
    private static int[] Halves(BlockFormat format) => format.Name switch
    {
        "Q4_1" or "Q5_1" or "Q4_K" or "Q5_K" => [0, 2],
        "Q2_K" => [80, 82],
        "Q3_K" => [108],
        "Q6_K" => [208],
        _ => [0],
    };
}
