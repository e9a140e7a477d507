using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints.Gguf;

/// <summary>Models in several files.</summary>
public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_files_are_opened_whichever_is_named()
    {
        Write(1, 3);
        Write(2, 3);
        Write(3, 3);
        foreach (var path in (string[])[Name(1, 3), Name(3, 3), ""])
        {
            using var model = Checkpoint.Open(folder.File(path));
            Assert.Equal("t1, t2, t3", TemporaryFolder.Names(model));
            Assert.Equal([1f, 2f, 3f], [model.ReadSingles("t1")[0], model.ReadSingles("t2")[0], model.ReadSingles("t3")[0]]);
            Assert.Equal("mamba", model.Gguf!.Architecture);
        }
    }

    [Fact]
    public void Missing_files_wrong_numbers_and_names_are_refused()
    {
        var first = Write(1, 2);
        Assert.Contains(Name(2, 2) + " was not found", TemporaryFolder.OpenFails(first), StringComparison.Ordinal);
        File.Copy(first, folder.File(Name(2, 2)));
        Assert.Contains("says that it is file 1 of 2, expected 2 of 2", TemporaryFolder.OpenFails(first), StringComparison.Ordinal);
        Write(2, 2, tensor: "t1");
        Assert.Contains("tensor t1 is in both", TemporaryFolder.OpenFails(first), StringComparison.Ordinal);
        Write(2, 2, total: 5);
        Write(1, 2, total: 5);
        Assert.Contains("split.tensors.count is 5, but the 2 files of the model hold 2 " +
            "tensors", TemporaryFolder.OpenFails(first), StringComparison.Ordinal);
        File.Move(first, folder.File("model.gguf"));
        Assert.Contains("is not named NAME-00001-of-00002.gguf", TemporaryFolder.OpenFails(folder.File("model.gguf")),
            StringComparison.Ordinal);
    }

    private static string Name(int no, int count) => $"model-{no:D5}-of-{count:D5}.gguf";

    private string Write(int no, int count, string? tensor = null, int? total = null)
    {
        var file = new GgufBuilder();
        if (no == 1)
        {
            file.Add("general.architecture", "mamba");
        }

        file.Add("split.no", (uint)(no - 1)).Add("split.count", (uint)count).Add("split.tensors.count", total ?? count);
        return folder.Write(Name(no, count), file.AddTensor(tensor ?? $"t{no}", [no], 1).Build());
    }
}
