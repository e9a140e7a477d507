using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models.Staged;

/// <summary>
/// Gradients of whole small models with stages, for every kind of weight and for the pixels, against central finite differences in double.
/// </summary>
public sealed class StagedGradientTests : IDisposable
{
    private readonly Workers workers = new(2);

    public static TheoryData<string> Models { get; } = ["v0", "v05", "v05-k2", "medmamba"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Weight_gradients_match_finite_differences(string model) => ModelGradients.CheckWeights(workers, Model(model));

    [Theory]
    [MemberData(nameof(Models))]
    public void Pixel_gradients_match_finite_differences(string model) => ModelGradients.CheckPixels(workers, Model(model));

    [Theory]
    [MemberData(nameof(Models))]
    public void Fast_weight_gradients_match_double_ones(string model) => ModelGradients.CheckSingle(workers, Model(model));

    [Fact]
    public void A_trained_weight_is_followed_by_its_parts()
    {
        Weight whole = new("w", [1, 2, 3, 4, 5, 6], 2, 3);
        var part = whole.Part(2, 2, 2);
        Assert.Equal([3f, 4, 5, 6], part.Values<float>());
        whole.Values<float>()[3] = 40;
        whole.Changed();
        Assert.Equal([3f, 40, 5, 6], part.Values<float>());
        Assert.Equal([3.0, 40, 5, 6], part.Values<double>());
    }

    public void Dispose() => workers.Dispose();

    private static IVisionModel Model(string name) => name switch
    {
        "v0" => TinyStaged.VMamba(isV0: true, downsampleKernel: 0),
        "v05" => TinyStaged.VMamba(isV0: false, downsampleKernel: 3),
        "v05-k2" => TinyStaged.VMamba(isV0: false, downsampleKernel: 2),
        _ => TinyStaged.MedMamba(),
    };
}
