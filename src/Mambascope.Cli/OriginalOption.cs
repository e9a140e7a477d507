using System.CommandLine;

namespace Mambascope.Cli;

/// <summary>--original: results in the pixels of the picture as the file has it, not of what the model sees.</summary>
internal static class OriginalOption
{
    internal const string Name = "--original";

    internal static Option<bool> Create() => OptionKinds.Switch(
        Name, "Show and save maps over the whole original picture in its own pixels, in place of the resized and cropped one");

    /// <summary>Whether it was asked for.</summary>
    /// <exception cref="UsageException">The input comes without a picture.</exception>
    internal static bool Read(Session session, Option<bool> option, string path)
        => session.Arguments.GetValue(option)
        && (PictureOptions.IsTensors(path)
            ? throw new UsageException($"{Name}: {path} holds pixel values without the picture they were made of; give the picture")
            : true);
}
