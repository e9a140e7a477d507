using Mambascope.Models;

namespace Mambascope.Tests.Models;

/// <summary>Small vision transformers with awkward random weights.</summary>
internal static class TinyDeiT
{
    public static VisionTransformerConfig Config { get; } =
        new()
        {
            ImageSize = 9,
            Channels = 2,
            PatchSize = 3,
            Width = 6,
            Depth = 2,
            Heads = 2,
            MlpWidth = 10,
            Classes = 4,
        };

    public static VisionTransformer Model(VisionTransformerConfig config, int seed = 2)
    {
        var random = new Random(seed + 1);
        var source = RandomWeights.Source(seed);
        return new(config, new(config, (name, shape) =>
        {
            var weight = source(name, shape);
            for (var i = 0; i < weight.Values<float>().Length; i++)
            {
                weight.Values<float>()[i] += 0.5f * (float)(random.NextDouble() - 0.5);
            }

            return weight;
        }));
    }
}
