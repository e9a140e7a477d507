using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli;

/// <summary>The files a verb writes: checked before the work starts, complete or absent at its end.</summary>
internal static class OutputFile
{
    private const int LongestSlug = 40;

    /// <summary>
    /// Default name of a picture: the input's name in the current folder, with another ending; and what was asked for in between, so that
    /// pictures for two classes do not collide.
    /// </summary>
    internal static string Beside(string input, string ending, string? target = null)
        => Path.GetFileNameWithoutExtension(input).Replace(':', '-') // motifs:24 is no name of a file everywhere
            + (target is null ? "" : "." + Slug(target)) + ending;

    private static string Slug(string target)
        => string.Concat(target.Take(LongestSlug).Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' ? c : '-'));

    /// <summary>
    /// The picture that a verb writes: the named one, else the standard one. When the standard one exists already and something else was
    /// asked for as well, it stays as it is, with a note: then the picture is not what the user came for.
    /// </summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    internal static string? Picture(Session session, string? named, string standard, bool isOnlyResult, bool mayReplace)
    {
        if (named is null && !isOnlyResult && !mayReplace && File.Exists(standard))
        {
            session.Note($"{standard} exists already and stays as it is; name another with --out, or replace it with --force");
            return null;
        }

        Check(named ?? standard, mayReplace);
        return named ?? standard;
    }

    /// <summary>Fails early when a file cannot be written later.</summary>
    /// <exception cref="BadInputException">It exists and may not be replaced, is a folder, or its folder does not exist.</exception>
    internal static void Check(string path, bool mayReplace, string option = "--out")
    {
        if (Directory.Exists(path))
        {
            throw new BadInputException($"{path} is a folder; expected the name of a file to write");
        }

        if (!mayReplace && File.Exists(path))
        {
            throw new BadInputException($"{path} exists already; choose another name with {option}, or replace it with --force");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new BadInputException($"{path} cannot be written: there is no folder {folder}");
        }
    }

    /// <summary>Refuses one file for two results.</summary>
    /// <exception cref="UsageException">A file is named twice.</exception>
    internal static void RefuseTwice(IEnumerable<string?> files)
    {
        if (files
            .OfType<string>()
            .GroupBy(Path.GetFullPath, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"{twice.First()} is named twice: give each of --out, --save, --mask and --boxes a file of its own");
        }
    }

    /// <summary>Writes a picture.</summary>
    internal static void WritePng(RgbImage picture, string path, bool mayReplace)
        => Interruption.Shield(() => ImageFile.SavePng(picture, path, mayReplace));
}
