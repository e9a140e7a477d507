using System.Diagnostics;
using System.Globalization;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Fuzzing;

/// <summary>
/// Ten thousand damaged files for each reader, from a fixed seed: every one is read, or refused in one line; memory stays bounded.
/// A longer run, on other mutants, is <c>MAMBASCOPE_FUZZ=1000000 MAMBASCOPE_FUZZ_SEED=7 dotnet test ... </c>; see CONTRIBUTING.md. A mutant
/// that fails is kept and named.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Mutants = 10_000;
    private const int StandardSeed = 20_261_128;

    // Far beyond what all mutants take together on the slowest machine: only a reader that hangs gets here.
    private static readonly TimeSpan hang = TimeSpan.FromMinutes(15);

    private readonly TemporaryFolder folder = new();
    private int index;
    private byte[] current = [];

    public static TheoryData<string> Targets { get; } = [.. FuzzTargets.All.Select(target => target.Name)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Seeds_are_small_and_valid()
    {
        foreach (var target in FuzzTargets.All)
        {
            target.Beside?.Invoke(folder.Path);
            Assert.NotEmpty(target.Seeds());
            foreach (var (name, bytes) in target.Seeds())
            {
                Assert.InRange(bytes.Length, 1, 4096);
                Assert.True(Read(target, folder.Write(target.FileName, target.Wrap(bytes))), $"{target.Name}/{name} is refused");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Damaged_files_are_read_or_refused(string name)
    {
        var target = FuzzTargets.All.Single(target => target.Name == name);
        var mutants = Variable("MAMBASCOPE_FUZZ", Mutants);
        var run = Task.Run(
            () => Run(target, mutants, Variable("MAMBASCOPE_FUZZ_SEED", StandardSeed)), TestContext.Current.CancellationToken);
        var limit = mutants <= Mutants ? hang : TimeSpan.FromDays(7);
        if (await Task.WhenAny(run, Task.Delay(limit, TestContext.Current.CancellationToken)) != run)
        {
            Assert.Fail($"mutant {index} of {name} takes for ever: {Keep(target)}");
        }

        await run;
    }

    private void Run(FuzzTarget target, int mutants, int seed)
    {
        target.Beside?.Invoke(folder.Path);
        var mutator = new Mutator(seed, target.Words);
        byte[][] seeds = [.. target.Seeds().Select(file => file.Bytes)];
        var file = folder.Write(target.FileName, "");
        var (clock, most, opened, slowest) = (Stopwatch.StartNew(), 0L, 0, TimeSpan.Zero);
        for (index = 0; index < mutants; index++)
        {
            current = target.Wrap(mutator.Mutant(seeds));
            Overwrite(file, current);
            var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), clock.Elapsed);
            try
            {
                opened += Read(target, file) ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"mutant {index} of {target.Name} ({Keep(target)}): {error}");
            }

            var memory = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                memory <= target.MostMemory,
                $"mutant {index} of {target.Name} ({Keep(target)}) takes {memory:N0} bytes, expected at most {target.MostMemory:N0}");
            most = Math.Max(most, memory);
            slowest = clock.Elapsed - start > slowest ? clock.Elapsed - start : slowest;
        }

        output.WriteLine(
            $"{target.Name}: {mutants:N0} mutants in {clock.Elapsed.TotalSeconds:F1} s, {opened:N0} read; most memory {most:N0} bytes, "
                + $"slowest {slowest.TotalMilliseconds:F0} ms");

        // A target that reads all or nothing tests nothing.
        Assert.InRange(opened, mutants / 200, mutants - (mutants / 200));
    }

    /// <summary>Without emptying the file first: some file systems write a file to the disk when that happens, 20,000 times here.</summary>
    private static void Overwrite(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    private static bool Read(FuzzTarget target, string file)
    {
        try
        {
            target.Read(file);
            return true;
        }
        catch (BadInputException error)
        {
            TemporaryFolder.OneLine(error);
            return false;
        }
    }

    private string Keep(FuzzTarget target)
    {
        var kept = Path.Combine(Path.GetTempPath(), $"mambascope-{target.Name}-{index}-{target.FileName}");
        File.WriteAllBytes(kept, current);
        return kept;
    }

    private static int Variable(string name, int absent)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : absent;
}
