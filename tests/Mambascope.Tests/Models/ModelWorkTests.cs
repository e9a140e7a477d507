using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Operations and bytes of published sizes, against figures worked out by hand from the equations.</summary>
public sealed class ModelWorkTests
{
    [Fact]
    public void Of_Vim_S()
    {
        var work = Of("vim-small");
        Assert.Equal(10_573_953_024, work.Forward(197));
        Assert.Equal(11_968_886_784, work.Backward(197));
        Assert.Equal(813_367_296, work.Rows(197));
        Assert.Equal(813_367_296, work.Rollout(197));
        Assert.Equal(305_012_736, work.Rows(197, firstLayer: 15));
        Assert.Equal(23_006_674_944, work.Matrices(197));
        Assert.Equal(19_365_888, Assert.IsType<ScanWork>(work.Mixers[0]).OneDirection(197));
        Assert.Equal([(384, 1536)], work.Products);
    }

    [Fact]
    public void Of_DeiT_S()
    {
        var work = Of("deit-small");
        Assert.Equal(9_197_764_608, work.Forward(197));
        Assert.Equal(9_797_486_592, work.Backward(197));
        Assert.Equal(14_184, work.Rows(197));
        Assert.Equal(3_725_664, work.Rollout(197));
        Assert.Equal(53_896_958_304, work.Forward(197) + work.Backward(197) + work.Relevance(197) + work.Rollout(197));
        Assert.Equal([(384, 1152), (384, 1536)], work.Products);
    }

    [Theory]
    [InlineData("mamba-130m", 94_298_075_136, 8_455_716_864, 25_794_969_600, 260_004_864)]
    [InlineData("mamba2-130m", 104_414_748_672, 48_318_382_080, 159_539_200, 0)]
    [InlineData("pythia-160m", 91_891_630_080, 0, 0, 247_621_632)]
    public void Of_language_models(string preset, double prefill, double rows, double matrices, double bytes)
    {
        var work = Of(preset);
        Assert.Equal(prefill, work.Forward(512));
        if (rows > 0)
        {
            Assert.Equal(rows, work.Rows(2048));
            Assert.Equal(matrices, work.Mixers[12].Matrices(1024));
        }

        if (bytes > 0)
        {
            Assert.Equal(bytes, work.Bytes);
        }
    }

    private static ModelWork Of(string preset) => Presets.Find(preset)!.Value.Preset.Outline().Work!;
}
