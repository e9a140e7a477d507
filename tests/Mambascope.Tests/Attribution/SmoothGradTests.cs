using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

public sealed class SmoothGradTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly Mamba model = TinyLanguageModels.Mamba(TinyLanguageModels.MambaConfig);

    public void Dispose() => workers.Dispose();

    [Fact]
    public void With_little_noise_it_is_input_x_gradient()
    {
        using var decision = Run();
        var expected = new InputXGradient().Explain(decision, model, new())[0].Values;
        var found = new SmoothGrad().Explain(decision, model, new() { Noise = 1e-7 })[0].Values;
        Golden.AssertClose("map", found, expected, 1e-5);
    }

    [Fact]
    public void A_token_of_zeros_has_no_relevance_whatever_the_noise()
    {
        var width = model.Width;
        Array.Clear(model.Weights.Embedding.Values<float>(), 3 * width, width); // token 3
        model.Weights.Embedding.Changed();
        using var decision = Run();
        var map = new SmoothGrad().Explain(decision, model, new() { Noise = 0.3 })[0].Values;
        Assert.Equal(0, map[1]);
        Assert.All(map.Where((_, t) => t != 1), value => Assert.NotEqual(0, value));
    }

    private Decision<double> Run()
        => new(model.Forward(new Tape<double>(workers, new BufferPool<double>(), isRecording: true), TokenBatch.Of([5, 3, 7, 1, 2])));
}
