using System.Numerics;
using Mambascope.Application;

namespace Mambascope.Cli.Explanations;

/// <summary>A folder with a file of tensors for each of many inputs, called after it; names that are there already get a number.</summary>
/// <param name="folder">The folder; made where it is not there.</param>
/// <param name="mayReplace">Whether files of other runs may be replaced.</param>
internal sealed class TensorFolder(string folder, bool mayReplace)
{
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Saves one.</summary>
    /// <exception cref="BadInputException">A file of that name is there, or none can be written.</exception>
    internal void Save<T>(Explanation<T> explanation, bool isOriginal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        InputFile.Guarded(folder, Directory.CreateDirectory);
        var name = Path.GetFileNameWithoutExtension(explanation.Subject.Name);
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
        {
            free = $"{name}-{number}";
        }

        var file = Path.Combine(folder, free + ".safetensors");
        OutputFile.Check(file, mayReplace, "--save");
        TensorFile.Save(ExplanationTensors.Of(explanation, isOriginal), file);
    }
}
