using System.Diagnostics;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Gguf;

/// <summary>
/// Ten thousand damaged GGUF files, from a fixed seed: each is opened, all its tensors read, its tokenizer made and its model loaded, or
/// refused in one line; memory for one stays far below a gigabyte.
/// </summary>
public sealed class GgufMutationTests(ITestOutputHelper output) : IDisposable
{
    private const long MostMemory = 64 << 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Damaged_models_are_read_or_refused() => Survive(TinyGguf.Mamba(), 7_000, headShare: 0.8);

    [Fact]
    public void Damaged_small_files_are_read_or_refused()
        => Survive(File.ReadAllBytes(Golden.Path("gguf", "malformed", "00-valid.gguf")), 2_000, headShare: 1);

    [Fact]
    public void Damaged_files_of_all_types_are_read_or_refused()
        => Survive(File.ReadAllBytes(Golden.Path("gguf", "blocks.gguf")), 1_000, headShare: 0.9);

    private void Survive(byte[] seed, int mutants, double headShare)
    {
        var file = folder.Write("mutant.gguf", seed);
        int head;
        using (var whole = Checkpoint.Open(file))
        {
            head = seed.Length - (int)whole.Tensors.Values.Sum(tensor => (tensor.ByteLength + 31) / 32 * 32);
        }

        var random = new Random(20_260_928);
        var clock = Stopwatch.StartNew();
        var (opened, loaded, most) = (0, 0, 0L);
        for (var i = 0; i < mutants; i++)
        {
            var mutant = Mutate(seed, random.NextDouble() < headShare ? Math.Max(24, head) : seed.Length, random);
            Overwrite(file, mutant);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                opened += Refused(() => Open(file)) ? 0 : 1;
                loaded += Refused(() => LanguageModels.Open(file)) ? 0 : 1;
                _ = Refused(() => Read(file));
            }
            catch (Exception error)
            {
                Assert.Fail($"mutant {i}: {error}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        output.WriteLine($"{mutants} mutants of {seed.Length} bytes in {clock.Elapsed.TotalSeconds:F1} s; {opened} opened, {loaded} " +
            $"became a model; most memory for one: {most:N0} bytes");
        Assert.InRange(most, 0, MostMemory);
        Assert.InRange(opened, mutants / 100, mutants * 99 / 100);
    }

    private static void Open(string file)
    {
        using var checkpoint = Checkpoint.Open(file);
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            Assert.Equal(tensor.Count, checkpoint.ReadSingles(name).Length);
        }
    }

    private static void Read(string file)
    {
        var tokenizer = TextTokenizer.Load(file);
        var tokens = tokenizer.Encode("and the 🐍 <|end|>");
        Assert.All(tokens, token => Assert.InRange(token.Id, 0, tokenizer.VocabularySize - 1));
        tokenizer.Decode(tokens.Select(token => token.Id));
    }

    private static bool Refused(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (BadInputException error)
        {
            TemporaryFolder.OneLine(error);
            return true;
        }
    }

    // Without emptying the file first: some file systems write it to the disk then.
    private static void Overwrite(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    private static byte[] Mutate(byte[] seed, int region, Random random)
    {
        List<byte> bytes = [.. seed];
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var place = Math.Min(random.Next(region), bytes.Count - 9);
            switch (random.Next(9))
            {
                case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[place] = (byte)random.Next(256); break;
                case 2: bytes[place] = (byte)(random.Next(2) * 255); break;
                case 3: Put(bytes, place, BitConverter.GetBytes(1UL << random.Next(64))); break;
                case 4: Put(bytes, place, BitConverter.GetBytes((ulong)random.NextInt64() >> random.Next(64))); break;
                case 5: bytes.InsertRange(place, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9))); break;
                case 6: bytes.RemoveRange(place, random.Next(1, 9)); break;
                case 7: bytes.InsertRange(place, bytes.GetRange(Math.Max(0, place - 48), Math.Min(48, place))); break;
                default:
                    if (random.Next(4) == 0)
                    {
                        bytes.RemoveRange(place + 9, bytes.Count - place - 9);
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private static void Put(List<byte> bytes, int place, byte[] value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            bytes[place + i] = value[i];
        }
    }
}
