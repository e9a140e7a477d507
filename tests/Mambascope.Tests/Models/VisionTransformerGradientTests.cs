using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Gradients of a whole small transformer, for every kind of weight and for the pixels.</summary>
public sealed class VisionTransformerGradientTests : IDisposable
{
    private readonly Workers workers = new(2);

    [Fact]
    public void Weight_gradients_match_finite_differences() => ModelGradients.CheckWeights(workers, TinyDeiT.Model(TinyDeiT.Config));

    [Fact]
    public void Pixel_gradients_match_finite_differences() => ModelGradients.CheckPixels(workers, TinyDeiT.Model(TinyDeiT.Config));

    [Fact]
    public void Fast_weight_gradients_match_double_ones()
        => ModelGradients.CheckSingle(
            workers, TinyDeiT.Model(TinyDeiT.Config with { ImageSize = 24, Width = 40, Heads = 5, MlpWidth = 90 }));

    public void Dispose() => workers.Dispose();
}
