using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Tests.Models;

/// <summary>Small Vision Mambas with awkward random weights, for properties that must hold for any model.</summary>
internal static class TinyVim
{
    public static VisionMambaConfig Config { get; } = new()
    {
        ImageSize = 20,
        PatchSize = 4,
        Stride = 4,
        Width = 6,
        Depth = 3,
        InnerWidth = 21,
        StateSize = 5,
        DtRank = 2,
        Classes = 4,
    };

    /// <summary>Initial weights moved off their symmetric values, so that nothing is zero or equal by chance.</summary>
    public static VisionMambaWeights Weights(VisionMambaConfig config, int seed = 2)
    {
        var random = new Random(seed + 1);
        var source = RandomWeights.Source(seed);
        return new(config, (name, shape) =>
        {
            var weight = source(name, shape);
            for (var i = 0; i < weight.Values<float>().Length; i++)
            {
                weight.Values<float>()[i] += 0.3f * (float)(random.NextDouble() - 0.5);
            }

            return weight;
        });
    }

    public static Activation<double> RandomActivation(int batch, int length, int width, int seed)
    {
        var random = new Random(seed);
        return Activation<double>.Of(
            [.. Enumerable.Range(0, batch * length * width).Select(_ => (random.NextDouble() * 2) - 1)], batch, length, width);
    }

    /// <summary>A recorded run on random images.</summary>
    public static Trace<T> Run<T>(Workers workers, VisionMamba model, int batch = 1, int seed = 9)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var pixels = RandomActivation(batch, model.Config.Channels * model.Config.ImageSize, model.Config.ImageSize, seed);
        return model.Forward(
            new Tape<T>(workers, new BufferPool<T>(), isRecording: true),
            Activation<T>.Of(Array.ConvertAll(pixels.Buffer, T.CreateTruncating), batch, pixels.Length, pixels.Width));
    }
}
