namespace Mambascope.Tests.Fuzzing;

/// <summary>A reader to be fed damaged files.</summary>
/// <param name="Name">Its name; its seeds lie in <c>Seeds/NAME</c>.</param>
/// <param name="FileName">What a mutant is called on the disk: readers go by endings.</param>
/// <param name="Read">Opens the file and reads all that is in it. Ends well, or with a <see cref="BadInputException"/> of one line.</param>
internal sealed record FuzzTarget(string Name, string FileName, Action<string> Read)
{
    /// <summary>Turns a mutant into a file, where only a part of the file is mutated: what stands around it must stay intact.</summary>
    public Func<byte[], byte[]> Wrap { get; init; } = bytes => bytes;

    /// <summary>Files that a mutant needs beside it.</summary>
    public Action<string>? Beside { get; init; }

    /// <summary>Words of the format, to be put in anywhere.</summary>
    public IReadOnlyList<string> Words { get; init; } =
    ["{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "1e999", "0.5", "\\ud800", "2147483647", "9223372036854775807"];

    /// <summary>Bytes that may be allocated for one mutant.</summary>
    public long MostMemory { get; init; } = 24L << 20;

    /// <summary>The valid files that mutants are made from, by name.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds()
        => [
            .. Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", Name))
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file))),
        ];
}
