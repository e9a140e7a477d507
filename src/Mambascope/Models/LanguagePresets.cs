using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Published sizes of language models by name, for models with random weights. Matrices are held as BF16, as most releases store them today.</summary>
public static class LanguagePresets
{
    private static readonly Dictionary<string, Func<WeightSource, ILanguageModel>> models = new(StringComparer.Ordinal)
    {
        ["mamba-130m"] = weights => Mamba(768, 24, weights),
        ["mamba-370m"] = weights => Mamba(1024, 48, weights),
        ["mamba-790m"] = weights => Mamba(1536, 48, weights),
        ["mamba-1.4b"] = weights => Mamba(2048, 48, weights),
        ["mamba-2.8b"] = weights => Mamba(2560, 64, weights),
        ["mamba2-130m"] = weights => Mamba2(768, 24, weights),
        ["mamba2-370m"] = weights => Mamba2(1024, 48, weights),
        ["mamba2-780m"] = weights => Mamba2(1536, 48, weights),
        ["pythia-70m"] = weights => Pythia(512, 6, 8, weights),
        ["pythia-160m"] = weights => Pythia(768, 12, 12, weights),
        ["pythia-410m"] = weights => Pythia(1024, 24, 16, weights),
    };

    /// <summary>Known names.</summary>
    public static IEnumerable<string> Names => models.Keys;

    /// <summary>A model from "PRESET" or "PRESET:SEED".</summary>
    /// <exception cref="BadInputException">No such preset, or a seed that is no whole number.</exception>
    public static ILanguageModel Create(string specification)
    {
        var (name, seed) = Presets.Parse(specification);
        return models.TryGetValue(name, out var create)
            ? create(RandomWeights.Source(seed, WeightFormat.BF16))
            : throw new BadInputException($"there is no preset {name} of a language model; known: {string.Join(", ", Names)}");
    }

    private static Mamba Mamba(int width, int depth, WeightSource weights)
    {
        var config = new MambaConfig { VocabularySize = 50280, Width = width, Depth = depth, InnerWidth = 2 * width, DtRank = (width + 15) / 16 };
        return new(config, new(config, weights));
    }

    private static Mamba2 Mamba2(int width, int depth, WeightSource weights)
    {
        var config = new Mamba2Config { VocabularySize = 50288, Width = width, Depth = depth, InnerWidth = 2 * width, Heads = 2 * width / 64, NormalisesGroups = true };
        return new(config, new(config, weights));
    }

    private static GptNeoX Pythia(int width, int depth, int heads, WeightSource weights)
    {
        var config = new GptNeoXConfig { VocabularySize = 50304, Width = width, Depth = depth, Heads = heads, MlpWidth = 4 * width };
        return new(config, new(config, weights));
    }
}
