using Mambascope.Application;

namespace Mambascope.Cli.Explanations;

/// <summary>A folder with a file for each of many inputs, called after it; names that are there already get a number.</summary>
/// <param name="option">The option that names the folder.</param>
/// <param name="folder">The folder; made where it is not there.</param>
/// <param name="ending">What the files' names end in.</param>
/// <param name="mayReplace">Whether files of other runs may be replaced.</param>
internal sealed class OutputFolder(string option, string folder, string ending, bool mayReplace)
{
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder of an option; null where the option was not given.</summary>
    /// <exception cref="BadInputException">There is a file of that name.</exception>
    internal static OutputFolder? Of(string option, string? folder, string ending, bool mayReplace)
        => folder is null ? null
            : File.Exists(folder) ? throw new BadInputException(
                $"{option} {folder} is a file; of several inputs it names a folder, with a file for each")
            : new(option, folder, ending, mayReplace);

    /// <summary>Refuses, before any work is done, to replace what may not be replaced.</summary>
    /// <param name="inputs">Names of all inputs.</param>
    /// <exception cref="BadInputException">The file of one of them is there.</exception>
    internal void Check(IEnumerable<string> inputs)
    {
        foreach (var input in Directory.Exists(folder) ? inputs : [])
        {
            OutputFile.Check(Path.Combine(folder, Path.GetFileNameWithoutExtension(input) + ending), mayReplace, option);
        }
    }

    /// <summary>The file of an input, which is there only where it may be replaced.</summary>
    /// <exception cref="BadInputException">A file of that name is there, or none can be written.</exception>
    internal string For(Subject subject)
    {
        InputFile.Guarded(folder, Directory.CreateDirectory);
        var name = Path.GetFileNameWithoutExtension(subject.Name);
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
        {
            free = $"{name}-{number}";
        }

        var file = Path.Combine(folder, free + ending);
        OutputFile.Check(file, mayReplace, option);
        return file;
    }
}
