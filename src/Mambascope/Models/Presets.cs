using System.Globalization;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Published sizes by name, for models with random weights; every <see cref="Architecture"/> brings its own.</summary>
public static class Presets
{
    private static readonly Dictionary<string, WeightFormat> formats
        = RandomWeights.Formats.ToDictionary(format => $"{format}".ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Known names.</summary>
    public static IEnumerable<string> Names
        => Architectures.All.SelectMany(architecture => architecture.Presets).Select(preset => preset.Name);

    /// <summary>Names of the models that read the given input.</summary>
    public static IEnumerable<string> NamesFor(ModelInput reads)
        => Architectures.For(reads).SelectMany(architecture => architecture.Presets).Select(preset => preset.Name);

    /// <summary>A model from "PRESET", with ":SEED" and for a language model ":FORMAT" behind it: "mamba-130m:7:q8_0".</summary>
    /// <exception cref="BadInputException">No such preset, a seed that is no whole number, or a format that it is not held in.</exception>
    public static IModel Create(string specification)
    {
        var chosen = Parse(specification);
        return Find(chosen.Name) is { Preset: var preset }
            ? preset.Create(chosen.Seed, chosen.Matrices)
            : throw new BadInputException(
                $"there is no preset {chosen.Name}; known: {string.Join(", ", Names)}{ClosestNames.Hint(chosen.Name, Names)}");
    }

    /// <summary>A preset and whose it is; null where there is none of that name.</summary>
    internal static (ModelPreset Preset, Architecture Architecture)? Find(string name)
        => Architectures.All.SelectMany(architecture => architecture.Presets.Select(preset => (preset, architecture)))
            .Where(entry => entry.preset.Name == name)
            .Select(entry => ((ModelPreset, Architecture)?)entry)
            .FirstOrDefault();

    /// <summary>PRESET, SEED (0 where none is given), and how matrices are held (null where it is not said).</summary>
    /// <exception cref="BadInputException">More parts, or what is neither a whole number nor a format that this preset has.</exception>
    internal static (string Name, int Seed, WeightFormat? Matrices) Parse(string specification)
    {
        var parts = specification.Split(':');
        var (seed, format) = ((int?)null, (WeightFormat?)null);
        foreach (var part in parts.Skip(1))
        {
            if (seed is null && int.TryParse(part, CultureInfo.InvariantCulture, out var number))
            {
                seed = number;
            }
            else if (format is null && formats.TryGetValue(part, out var found))
            {
                format = found;
            }
            else
            {
                throw new BadInputException(
                    $"random:{Printable.Name(specification)} is not a preset; expected random:PRESET, then a seed, a whole number, and for "
                        + $"language models a format, {FormatNames} (random:vim-small:7, random:mamba-130m:q8_0)");
            }
        }

        return format is null || Find(parts[0])?.Architecture.Reads is null or ModelInput.Text
            ? (parts[0], seed ?? 0, format)
            : throw new BadInputException($"{parts[0]} is held in single precision; {FormatNames} are for presets of language models");
    }

    private static string FormatNames => string.Join(", ", formats.Keys);
}
