using Mambascope.Cli;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>Pages that the command line saved, of a picture, a text and a series.</summary>
public sealed class SavedPages : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-saved-").FullName;

    internal string Picture => Saved("picture", Sample, "--method", "mamba-lrp", "--method", "attribution");

    internal string Text => Saved("text", "--text", "To be, or not to b", "--method", "mamba-lrp,rollout");

    internal string Series => Saved("series", "motifs:24#4", "--model", "demo-motifs", "--method", "mamba-lrp,occlusion");

    // As a hand would write it.
    internal static string Sample
        => Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.Combine(PicturePageTests.Root, "samples", "two-items.png"));

    /// <summary>The page of a command line; made once.</summary>
    /// <param name="name">Of the file.</param>
    /// <param name="words">What is explained, and how.</param>
    internal string Saved(string name, params string[] words)
    {
        var file = Path.Combine(folder, name + ".html");
        if (!File.Exists(file))
        {
            using var error = new StringWriter();
            Assert.True(CommandLineTool.Run(["explain", .. words, "--out", file], TextWriter.Null, error) == 0, error.ToString());
        }

        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
