namespace Mambascope.Models;

/// <summary>Published sizes by name, for models with random weights; every <see cref="Architecture"/> brings its own.</summary>
public static class Presets
{
    /// <summary>Known names.</summary>
    public static IEnumerable<string> Names
        => Architectures.All.SelectMany(architecture => architecture.Presets).Select(preset => preset.Name);

    /// <summary>Names of the models that read the given input.</summary>
    public static IEnumerable<string> NamesFor(ModelInput reads)
        => Architectures.For(reads).SelectMany(architecture => architecture.Presets).Select(preset => preset.Name);

    /// <summary>A model from "PRESET" or "PRESET:SEED".</summary>
    /// <exception cref="BadInputException">No such preset, or a seed that is no whole number.</exception>
    public static IModel Create(string specification)
    {
        var (name, seed) = Parse(specification);
        return Find(name) is { Preset: var preset }
            ? preset.Create(seed)
            : throw new BadInputException($"there is no preset {name}; known: {string.Join(", ", Names)}{ClosestNames.Hint(name, Names)}");
    }

    /// <summary>A preset and whose it is; null where there is none of that name.</summary>
    internal static (ModelPreset Preset, Architecture Architecture)? Find(string name)
        => Architectures.All.SelectMany(architecture => architecture.Presets.Select(preset => (preset, architecture)))
            .Where(entry => entry.preset.Name == name)
            .Select(entry => ((ModelPreset, Architecture)?)entry)
            .FirstOrDefault();

    /// <summary>PRESET and SEED (0 where none is given).</summary>
    /// <exception cref="BadInputException">More parts, or a seed that is no whole number.</exception>
    internal static (string Name, int Seed) Parse(string specification)
    {
        var parts = specification.Split(':');
        var seed = 0;
        return parts.Length <= 2 && (parts.Length == 1 || int.TryParse(parts[1], out seed))
            ? (parts[0], seed)
            : throw new BadInputException(
                $"random:{specification} is not a preset; expected random:PRESET or random:PRESET:SEED with a whole number, for example "
                    + "random:vim-small:7");
    }
}
