using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mambascope.Tests.Fuzzing;

/// <summary>Damages files as disks, networks, editors and enemies do: one to four edits each, from a fixed seed.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<string> words)
{
    private static readonly long[] numbers =
    [
        0, 1, -1, 127, 128, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue,
        long.MinValue, 1L << 40,
    ];

    private readonly Random random = new(seed);

    /// <summary>A damaged copy of one of some files, with parts of the others at times.</summary>
    public byte[] Mutant(IReadOnlyList<byte[]> seeds)
    {
        List<byte> bytes = [.. seeds[random.Next(seeds.Count)]];
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            Edit(bytes, seeds);
        }

        return [.. bytes];
    }

    private void Edit(List<byte> bytes, IReadOnlyList<byte[]> seeds)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
        }

        var place = random.Next(bytes.Count);
        switch (random.Next(14))
        {
            case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[place] = (byte)random.Next(256); break;
            case 2: bytes[place] = (byte)(random.Next(2) * 255); break;
            case 3: bytes.InsertRange(place, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9))); break;
            case 4: bytes.RemoveRange(place, Math.Min(random.Next(1, 17), bytes.Count - place)); break;
            case 5: bytes.InsertRange(place, bytes.GetRange(Math.Max(0, place - 32), Math.Min(32, place))); break;
            case 6: bytes.InsertRange(place, Encoding.UTF8.GetBytes(words[random.Next(words.Count)])); break;
            case 7: Overwrite(bytes, place, Number()); break;
            case 8: ReplaceDigits(bytes, place); break;
            case 9: Splice(bytes, place, seeds[random.Next(seeds.Count)]); break;
            case 10: Repeat(bytes, place); break;
            case 11 when random.Next(4) == 0: bytes.RemoveRange(place, bytes.Count - place); break;
            case 12: Exchange(bytes, place, random.Next(bytes.Count)); break;
            default: bytes[place] = (byte)random.Next(' ', 127); break;
        }
    }

    private byte[] Number()
    {
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, numbers[random.Next(numbers.Length)]);
        return number[..(1 << random.Next(4))];
    }

    private static void Overwrite(List<byte> bytes, int place, byte[] with)
    {
        for (var i = 0; i < with.Length && place + i < bytes.Count; i++)
        {
            bytes[place + i] = with[i];
        }
    }

    /// <summary>The next number in digits becomes another one.</summary>
    private void ReplaceDigits(List<byte> bytes, int place)
    {
        var start = bytes.FindIndex(place, value => char.IsAsciiDigit((char)value));
        if (start >= 0)
        {
            var end = bytes.FindIndex(start, value => !char.IsAsciiDigit((char)value));
            bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
            bytes.InsertRange(start, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)].ToString(CultureInfo.InvariantCulture)));
        }
    }

    private void Splice(List<byte> bytes, int place, byte[] other)
    {
        var (start, length) = (random.Next(other.Length), random.Next(1, 65));
        bytes.InsertRange(place, other.AsSpan(start, Math.Min(length, other.Length - start)).ToArray());
    }

    /// <summary>A byte or a short stretch very often: nesting, long names, long numbers.</summary>
    private void Repeat(List<byte> bytes, int place)
    {
        var stretch = bytes.GetRange(place, Math.Min(random.Next(1, 4), bytes.Count - place));
        bytes.InsertRange(place, Enumerable.Repeat(stretch, random.Next(2, 300)).SelectMany(part => part));
    }

    private static void Exchange(List<byte> bytes, int one, int other) => (bytes[one], bytes[other]) = (bytes[other], bytes[one]);
}
