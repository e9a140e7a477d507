using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>
/// Gradients of a whole small model, for every kind of weight and for the pixels, against central finite differences in double.
/// </summary>
public sealed class VisionMambaGradientTests : IDisposable
{
    private readonly Workers workers = new(2);

    private static VisionMambaConfig Config(ClassTokenKind classToken) => new()
    {
        ImageSize = 9,
        Channels = 2,
        PatchSize = 3,
        Stride = classToken == ClassTokenKind.First ? 2 : 3,
        Width = 6,
        Depth = 2,
        InnerWidth = 10,
        StateSize = 3,
        ConvWidth = 4,
        DtRank = 2,
        Classes = 4,
        ClassToken = classToken,
    };

    [Theory]
    [InlineData(ClassTokenKind.Middle)]
    [InlineData(ClassTokenKind.First)]
    [InlineData(ClassTokenKind.MeanPool)]
    public void Weight_gradients_match_finite_differences(ClassTokenKind classToken)
        => ModelGradients.CheckWeights(workers, Model(Config(classToken)));

    [Fact]
    public void Pixel_gradients_match_finite_differences() => ModelGradients.CheckPixels(workers, Model(Config(ClassTokenKind.Middle)));

    [Fact]
    public void Fast_weight_gradients_match_double_ones()
        => ModelGradients.CheckSingle(
            workers, Model(Config(ClassTokenKind.Middle) with { ImageSize = 36, Width = 40, InnerWidth = 80, StateSize = 8, DtRank = 3 }));

    private static VisionMamba Model(VisionMambaConfig config) => new(config, TinyVim.Weights(config));

    public void Dispose() => workers.Dispose();
}
