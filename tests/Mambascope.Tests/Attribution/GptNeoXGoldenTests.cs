using System.Numerics;
using Mambascope.Attribution;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Every tensor of golden/gpt-neox-micro in double: only the float32 storage of the goldens is left.</summary>
public sealed class GptNeoXDoubleTests() : GptNeoXGoldenTests<double>(3e-7);

/// <summary>Every tensor of golden/gpt-neox-micro in float.</summary>
public sealed class GptNeoXSingleTests() : GptNeoXGoldenTests<float>(1e-4);

public abstract class GptNeoXGoldenTests<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GoldenLanguageModel<T> golden;

    private protected GptNeoXGoldenTests(double tolerance) => golden = new("gpt-neox-micro", tolerance);

    [Fact]
    public void Logits_and_target_match()
    {
        golden.Compare("logits", golden.Decision.Trace.Logits.Data.ToArray());
        Assert.Equal(golden.Expected.ReadInt64s("target")[0], golden.Decision.Targets[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Attention_and_its_gradient_match(int layer)
    {
        var attention = golden.Decision.Trace.SoftmaxMixers[layer].Attention;
        golden.Compare($"layer{layer}.attention", attention.Data.ToArray());
        golden.Compare($"layer{layer}.attention_grad", golden.Decision.Gradients[attention].ToArray());
    }

    [Theory]
    [InlineData("raw", "map.raw")]
    [InlineData("raw-last", "map.raw_last")]
    [InlineData("rollout", "map.rollout.start0")]
    [InlineData("generic-attention", "map.generic_attention")]
    [InlineData("cp-lrp", "map.cp_lrp")]
    [InlineData("input-x-gradient", "map.input_x_gradient")]
    public void Maps_match(string method, string name) => golden.Compare(name, golden.Map(method, new()));

    public void Dispose()
    {
        golden.Dispose();
        GC.SuppressFinalize(this);
    }
}
