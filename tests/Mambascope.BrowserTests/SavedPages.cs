using Mambascope.Cli;
using Mambascope.Explorer.Saving;
using Xunit;

namespace Mambascope.BrowserTests;

/// <summary>Pages that the command line saved, of a picture, a text and a series.</summary>
public sealed class SavedPages : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-saved-").FullName;

    /// <summary>Brings the picture.</summary>
    public SavedPages() => File.Copy(Path.Combine(PicturePageTests.Root, "samples", Sample), Sample, overwrite: true);

    internal string Picture => Saved("picture", Sample, "--method", "mamba-lrp", "--method", "attribution");

    internal string Text => Saved("text", "--text", "To be, or not to b", "--method", "mamba-lrp,rollout");

    internal string Series => Saved("series", "motifs:24#4", "--model", "demo-motifs", "--method", "mamba-lrp,occlusion");

    /// <summary>A picture that lies where the command line is run, so that its name is as a hand would write it.</summary>
    internal const string Sample = "two-items.png";

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

    /// <summary>A page as a file.</summary>
    internal string Of(string name, SavedPage page)
    {
        var file = Path.Combine(folder, name + ".html");
        File.WriteAllBytes(file, page.Bytes);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
