namespace Mambascope.Models;

/// <summary>Published sizes by name, for models with random weights.</summary>
public static class Presets
{
    private static readonly Dictionary<string, Func<WeightSource, IVisionModel>> models = new(StringComparer.Ordinal)
    {
        ["vim-tiny"] = weights => Vim(192, weights),
        ["vim-small"] = weights => Vim(384, weights),
        ["vim-base"] = weights => Vim(768, weights),
        ["deit-tiny"] = weights => DeiT(192, weights),
        ["deit-small"] = weights => DeiT(384, weights),
        ["deit-base"] = weights => DeiT(768, weights),
    };

    /// <summary>Known names.</summary>
    public static IEnumerable<string> Names => models.Keys;

    /// <summary>A model from "PRESET" or "PRESET:SEED".</summary>
    public static IVisionModel Create(string specification)
    {
        var (name, seed) = Parse(specification);
        return models.TryGetValue(name, out var create)
            ? create(RandomWeights.Source(seed))
            : throw new BadInputException($"there is no preset {name}; known: {string.Join(", ", Names)}");
    }

    /// <summary>PRESET and SEED (0 where none is given).</summary>
    internal static (string Name, int Seed) Parse(string specification)
    {
        var parts = specification.Split(':');
        var seed = 0;
        return parts.Length <= 2 && (parts.Length == 1 || int.TryParse(parts[1], out seed))
            ? (parts[0], seed)
            : throw new BadInputException($"random:{specification} is not a preset; expected random:PRESET or random:PRESET:SEED with a whole number, for example random:vim-small:7");
    }

    private static VisionMamba Vim(int width, WeightSource weights)
    {
        var config = new VisionMambaConfig { Width = width, Depth = 24, InnerWidth = 2 * width, DtRank = width / 16, Classes = 1000 };
        return new(config, new(config, weights));
    }

    private static VisionTransformer DeiT(int width, WeightSource weights)
    {
        var config = new VisionTransformerConfig { Width = width, Depth = 12, Heads = width / 64, MlpWidth = 4 * width, Classes = 1000 };
        return new(config, new(config, weights));
    }
}
