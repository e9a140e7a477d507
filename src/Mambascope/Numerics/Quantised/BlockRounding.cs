using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>
/// Rounds values to the blocks of <see cref="BlockFormat"/>, for models with random weights. Scales follow from the largest values of a
/// group, as in ggml's reference code for Q8_0 and Q5_0; for Q4_K ggml searches for better ones, which is not done here.
/// </summary>
internal static class BlockRounding
{
    private const int Small = 32;
    private const int Groups = 8;
    private const int MostScale = 63;
    private const int MostNibble = 15;

    /// <summary>The formats that values can be rounded to.</summary>
    public static IReadOnlyList<BlockFormat> Formats { get; } = [BlockFormat.Q8_0, BlockFormat.Q5_0, BlockFormat.Q4_K];

    /// <summary>The blocks nearest to some values, a whole number of blocks.</summary>
    /// <exception cref="NotSupportedException">Not one of <see cref="Formats"/>.</exception>
    public static byte[] Round(BlockFormat format, ReadOnlySpan<float> values)
    {
        Debug.Assert(values.Length % format.Values == 0, "no whole blocks");
        var blocks = new byte[values.Length / format.Values * format.Bytes];
        for (var block = 0; block * format.Values < values.Length; block++)
        {
            var from = values.Slice(block * format.Values, format.Values);
            var to = blocks.AsSpan(block * format.Bytes, format.Bytes);
            if (format == BlockFormat.Q8_0)
            {
                RoundQ8_0(from, to);
            }
            else if (format == BlockFormat.Q5_0)
            {
                RoundQ5_0(from, to);
            }
            else if (format == BlockFormat.Q4_K)
            {
                RoundQ4_K(from, to);
            }
            else
            {
                throw new NotSupportedException($"values are not rounded to {format.Name}");
            }
        }

        return blocks;
    }

    // d = most / 127: n in [-127, 127].
    private static void RoundQ8_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        var d = PutScale(block, Math.Abs(TensorPrimitives.MaxMagnitude(values)) / 127);
        for (var i = 0; i < Small; i++)
        {
            block[2 + i] = (byte)(sbyte)Nearest(values[i], d, -127, 127);
        }
    }

    // d = value of the largest magnitude / -16: it becomes the number that has no opposite, n - 16 in [-16, 15].
    private static void RoundQ5_0(ReadOnlySpan<float> values, Span<byte> block)
    {
        var d = PutScale(block, TensorPrimitives.MaxMagnitude(values) / -16);
        var fifth = 0u;
        block.Slice(6, Small / 2).Clear();
        for (var i = 0; i < Small; i++)
        {
            var number = Nearest(values[i], d, -16, 15) + 16;
            fifth |= (uint)(number >> 4) << i;
            block[6 + (i % (Small / 2))] |= (byte)((number & MostNibble) << (i < Small / 2 ? 0 : 4));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block[2..], fifth);
    }

    // Every group spans [min(0, least), most] in fifteen steps; steps and least values are whole multiples of d and dmin.
    private static void RoundQ4_K(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> steps = stackalloc float[Groups], least = stackalloc float[Groups];
        for (var j = 0; j < Groups; j++)
        {
            var group = values.Slice(j * Small, Small);
            least[j] = Math.Max(0, -TensorPrimitives.Min(group));
            steps[j] = (TensorPrimitives.Max(group) + least[j]) / MostNibble;
        }

        var d = PutScale(block, Math.Max(0, TensorPrimitives.Max<float>(steps)) / MostScale);
        var dmin = PutScale(block[2..], TensorPrimitives.Max<float>(least) / MostScale);
        block[4..].Clear();
        for (var j = 0; j < Groups; j++)
        {
            var (scale, offset) = (Nearest(steps[j], d, 0, MostScale), Nearest(least[j], dmin, 0, MostScale));
            PutSixBits(block.Slice(4, 12), j, scale, offset);
            for (var i = 0; i < Small; i++)
            {
                var number = Nearest(values[(j * Small) + i] + (dmin * offset), d * scale, 0, MostNibble);
                block[16 + (Small * (j / 2)) + i] |= (byte)(number << (4 * (j % 2)));
            }
        }
    }

    // The first four groups whole; of the others the upper two bits stand above those of the first.
    private static void PutSixBits(Span<byte> s, int j, int scale, int offset)
    {
        if (j < 4)
        {
            s[j] |= (byte)scale;
            s[j + 4] |= (byte)offset;
            return;
        }

        s[j + 4] = (byte)((scale & MostNibble) | ((offset & MostNibble) << 4));
        s[j - 4] |= (byte)((scale >> 4) << 6);
        s[j] |= (byte)((offset >> 4) << 6);
    }

    // As it can be stored, so that numbers are rounded with the scale that they will be multiplied by.
    private static float PutScale(Span<byte> at, float scale)
    {
        var stored = (Half)scale;
        BinaryPrimitives.WriteHalfLittleEndian(at, stored);
        return (float)stored;
    }

    private static int Nearest(float value, float step, int low, int high)
        => step == 0 ? Math.Clamp(0, low, high) : (int)Math.Clamp(MathF.Round(value / step), low, high);
}
