using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli;

/// <summary>The files a verb writes: checked before the work starts, complete or absent at its end.</summary>
internal static class OutputFile
{
    /// <summary>Default name of a picture: the input's name in the current folder, with another ending.</summary>
    internal static string Beside(string input, string ending) => Path.GetFileNameWithoutExtension(input) + ending;

    /// <summary>Fails early when a file cannot be written later.</summary>
    /// <exception cref="BadInputException">It exists and may not be replaced, is a folder, or its folder does not exist.</exception>
    internal static void Check(string path, bool mayReplace)
    {
        if (Directory.Exists(path))
        {
            throw new BadInputException($"{path} is a folder; expected the name of a file to write");
        }

        if (!mayReplace && File.Exists(path))
        {
            throw new BadInputException($"{path} exists already; choose another name with --out, or replace it with --force");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new BadInputException($"{path} cannot be written: there is no folder {folder}");
        }
    }

    /// <summary>Writes a picture.</summary>
    internal static void WritePng(RgbImage picture, string path, bool mayReplace) => Interruption.Shield(() => ImageFile.SavePng(picture, path, mayReplace));
}
