using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>A folder of one test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mambascope-");

    public string Path => folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>The names of a checkpoint's tensors, sorted and joined.</summary>
    public static string Names(Checkpoint checkpoint) => string.Join(", ", checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));

    /// <summary>The message of the error that opening must end with; checks that it is one line.</summary>
    public static string OpenFails(string path)
    {
        return OneLine(Assert.Throws<BadInputException>(() => Checkpoint.Open(path).Dispose()));
    }

    public static string OneLine(BadInputException error)
    {
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain('\r', error.Message);
        Assert.True(error.Message.Length < 1000, error.Message);
        return error.Message;
    }
}
