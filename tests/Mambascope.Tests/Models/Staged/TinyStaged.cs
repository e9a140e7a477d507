using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Tests.Models.Staged;

/// <summary>Small models with stages and awkward random weights, for properties that must hold for any.</summary>
internal static class TinyStaged
{
    /// <summary>A VMamba on pictures of 20 x 12: grids of 5 x 3, then 3 x 2.</summary>
    public static VMamba VMamba(bool isV0, int downsampleKernel)
    {
        VMambaConfig config = new()
        {
            ImageHeight = 20,
            ImageWidth = 12,
            Channels = 2,
            Depths = [1, 2],
            Widths = [6, 10],
            InnerWidths = [7, 12],
            DtRanks = [1, 2],
            StateSize = isV0 ? 3 : 1,
            HasGate = isV0,
            HasConvBias = isV0,
            MlpWidths = isV0 ? [0, 0] : [8, 9],
            HasConvStem = !isV0,
            DownsampleKernel = downsampleKernel,
            Classes = 4,
        };
        return new(config, new(config, Source(3)));
    }

    /// <summary>A MedMamba on the same pictures: grids of 5 x 3, then 2 x 1.</summary>
    public static MedMamba MedMamba()
    {
        MedMambaConfig config = new()
        {
            ImageHeight = 20,
            ImageWidth = 12,
            Channels = 2,
            Depths = [1, 2],
            Widths = [6, 10],
            InnerWidths = [7, 12],
            DtRanks = [1, 2],
            StateSize = 3,
            Classes = 4,
        };
        return new(config, new(config, Source(4)));
    }

    /// <summary>Initial weights moved off their symmetric values.</summary>
    public static WeightSource Source(int seed)
    {
        var random = new Random(seed + 1);
        var source = RandomWeights.Source(seed);
        return (name, shape) =>
        {
            var weight = source(name, shape);
            for (var i = 0; i < weight.Count; i++)
            {
                weight.Values<float>()[i] += 0.3f * (float)(random.NextDouble() - 0.5);
            }

            return weight;
        };
    }
}
