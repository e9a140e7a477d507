namespace Mambascope.Models;

/// <summary>Published sizes by name, for models with random weights.</summary>
public static class Presets
{
    private static readonly Dictionary<string, VisionMambaConfig> visionMamba = new(StringComparer.Ordinal)
    {
        ["vim-tiny"] = Vim(192),
        ["vim-small"] = Vim(384),
        ["vim-base"] = Vim(768),
    };

    /// <summary>Known names.</summary>
    public static IEnumerable<string> Names => visionMamba.Keys;

    /// <summary>A model from "PRESET" or "PRESET:SEED".</summary>
    public static VisionMamba Create(string specification)
    {
        var parts = specification.Split(':');
        var seed = 0;
        if (parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], out seed)))
        {
            throw new BadInputException($"random:{specification} is not a preset; expected random:PRESET or random:PRESET:SEED with a whole number, for example random:vim-small:7");
        }

        return visionMamba.TryGetValue(parts[0], out var config)
            ? new VisionMamba(config, new VisionMambaWeights(config, RandomWeights.Source(seed)))
            : throw new BadInputException($"there is no preset {parts[0]}; known: {string.Join(", ", Names)}");
    }

    private static VisionMambaConfig Vim(int width)
        => new() { Width = width, Depth = 24, InnerWidth = 2 * width, DtRank = width / 16, Classes = 1000 };
}
