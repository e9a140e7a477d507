using Mambascope.Cli.Benchmarking;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli.Benchmarking;

/// <summary>What is timed on a model follows from what the model is made of; nothing is timed here.</summary>
public sealed class PictureBenchmarkTests
{
    [Fact]
    public void A_model_of_scans()
        => Assert.Equal(
            [
                "forward", "backward", "raw", "rollout", "attribution.official", "attribution.paper", "attribution.exact", "mean_matrices",
                "gemm.26x6x42", "gemm.197x384x1536", "gemm.512x768x3072", "scan",
            ],
            Names(new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config))));

    [Fact]
    public void Without_a_class_token_there_is_no_official_mode()
    {
        var config = TinyVim.Config with { ClassToken = ClassTokenKind.MeanPool };
        Assert.DoesNotContain("attribution.official", Names(new VisionMamba(config, TinyVim.Weights(config))));
    }

    [Fact]
    public void A_model_of_softmax_attention()
        => Assert.Equal(
            [
                "forward", "backward", "raw", "rollout", "transformer-attribution", "gemm.10x6x18", "gemm.10x6x10",
                "gemm.197x384x1536", "gemm.512x768x3072",
            ],
            Names(TinyDeiT.Model(TinyDeiT.Config)));

    private static string[] Names(IVisionModel model)
    {
        using var workers = new Workers(1);
        return [.. new PictureBenchmark(model, workers).All().Select(timing => timing.Name)];
    }
}
