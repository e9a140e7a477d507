using System.Diagnostics;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>
/// Ten thousand damaged copies of a small file for each reader, from a fixed seed: every one either opens, and then each of its
/// tensors can be read or is refused, or is refused at once; memory per file stays bounded.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output) : IDisposable
{
    private const int Mutants = 10_000;

    // What the readers allow for these seeds: four tensors, each expanded to at most 2^20 values of eight bytes, from a few unpacked megabytes.
    private const long MostMemory = 40 << 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Damaged_safetensors_files_are_read_or_refused()
    {
        new SafetensorsWriter()
            .Add("layers.0.A_log", [3, 2], new float[6]).Add("half", [4], new float[4], TensorType.F16).Add("brain", [2, 2], new float[4], TensorType.BF16)
            .Add("double", [2], new double[2]).Add("ids", [3], new long[3]).Add("mask", [5], new bool[5]).Add("scalar", [], new float[1]).AddMetadata("format", "pt")
            .Save(folder.File("seed.safetensors"));
        byte[] seed = File.ReadAllBytes(folder.File("seed.safetensors"));
        int header = 8 + (int)BitConverter.ToInt64(seed);

        Survives(seed, [(0, 8), (8, header), (0, seed.Length)], "mutant.safetensors");
    }

    [Fact]
    public void Damaged_PyTorch_files_are_read_or_refused()
    {
        byte[] pickle = new PickleBuilder().Code("}(").Text("model").Global("collections", "OrderedDict").Code(")R(")
            .Entry("layers.0.A_log", "FloatStorage", "0", 3, 2).Entry("half", "HalfStorage", "1", 4).Entry("ids", "LongStorage", "2", 3)
            .Text("view").Tensor("FloatStorage", "0", 6, 1, [2, 2], [1, 3]).Code("u").Text("args").Global("argparse", "Namespace").Code(")").Raw(0x81).Code("}(").Text("lr").Number(1).Code("ubu").Stop();
        byte[] seed = PyTorchZip.Build(pickle, ("0", new float[6]), ("1", new ushort[4]), ("2", new long[3]));
        int start = seed.AsSpan().IndexOf(pickle);
        int directory = seed.AsSpan().IndexOf("PK\u0001\u0002"u8);

        // Four fifths in the pickle and in the central directory, where the structure is.
        Survives(seed, [(start, start + pickle.Length), (start, start + pickle.Length), (directory, seed.Length), (directory, seed.Length), (0, seed.Length)], "mutant.pth");
    }

    private void Survives(byte[] seed, (int Start, int End)[] regions, string name)
    {
        string file = folder.Write(name, seed);
        Assert.True(Read(file), "the seed itself must be readable");
        var random = new Random(20_250_101);
        var clock = Stopwatch.StartNew();
        long most = 0;
        int opened = 0;
        for (int i = 0; i < Mutants; i++)
        {
            byte[] mutant = Mutate(seed, regions[i % regions.Length], random);
            Overwrite(file, mutant);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                opened += Read(file) ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"mutant {i} of {name}: {error}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        output.WriteLine($"{Mutants} mutants of {seed.Length} bytes in {clock.Elapsed.TotalSeconds:F1} s; {opened} opened; most memory for one: {most:N0} bytes");
        Assert.InRange(most, 0, MostMemory);
        Assert.InRange(opened, Mutants / 100, Mutants * 99 / 100);
    }

    /// <summary>Without emptying the file first: some file systems write a file to the disk when that happens, 20,000 times here.</summary>
    private static void Overwrite(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    /// <summary>Opens and reads everything; false where the file was refused. Anything but a refusal is passed on.</summary>
    private static bool Read(string file)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(file);
            foreach ((string name, TensorInfo tensor) in checkpoint.Tensors)
            {
                Read(checkpoint, name, tensor);
            }

            return true;
        }
        catch (BadInputException error)
        {
            TemporaryFolder.OneLine(error);
            return false;
        }
    }

    private static void Read(Checkpoint checkpoint, string name, TensorInfo tensor)
    {
        try
        {
            int length = tensor.Type is TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16
                ? checkpoint.ReadSingles(name).Length
                : checkpoint.ReadInt64s(name).Length;
            Assert.Equal(tensor.Count, length);
        }
        catch (BadInputException error)
        {
            // Values are read when asked for: a damaged entry of an archive shows only now.
            TemporaryFolder.OneLine(error);
        }
    }

    private static byte[] Mutate(byte[] seed, (int Start, int End) region, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int place = Math.Min(random.Next(region.Start, region.End), bytes.Count - 1);
            switch (random.Next(10))
            {
                case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[place] = (byte)random.Next(256); break;
                case 2: bytes[place] = (byte)(random.Next(2) * 255); break;
                case 3: bytes[place] = "{}[]\",:0129-eE.(tRuQ\u0094"u8[random.Next(20)]; break;
                case 4: bytes.InsertRange(place, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9))); break;
                case 5: bytes.RemoveRange(place, Math.Min(random.Next(1, 9), bytes.Count - place - 1)); break;
                case 6: bytes.InsertRange(place, bytes.GetRange(Math.Max(0, place - 32), Math.Min(32, place))); break;
                case 7 or 8 when char.IsAsciiDigit((char)bytes[place]): bytes[place] = (byte)('0' + random.Next(10)); break;
                default:
                    if (random.Next(4) == 0)
                    {
                        bytes.RemoveRange(place + 1, bytes.Count - place - 1);
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
