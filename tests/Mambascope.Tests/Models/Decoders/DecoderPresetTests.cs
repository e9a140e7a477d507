using Mambascope.Models;
using Mambascope.Tests.Cli;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Models.Decoders;

/// <summary>Published sizes with random weights.</summary>
public sealed class DecoderPresetTests
{
    [Theory]
    [InlineData("falcon-h1-90m", "Falcon-H1", 91.1e6)]
    [InlineData("granite-4.0-h-350m", "Granite 4 (GraniteMoeHybrid)", 340.3e6)]
    [InlineData("llama-135m", "Llama", 134.5e6)]
    public void A_preset_has_as_many_weights_as_the_release(string name, string kind, double parameters)
    {
        var model = LanguageModels.Open("random:" + name, isOutline: true);
        Assert.Equal(kind, model.Facts.Kind);
        Assert.InRange(WeightTotals.Of(model.AllWeights).Parameters / parameters, 0.995, 1.005);
        Assert.Equal(name == "llama-135m", model.Shape.IsOnly(MixerKind.Softmax));
        Assert.NotNull(model.Work);
        Assert.Contains(kind, CliRun.Successful("info", "random:" + name).Out, StringComparison.Ordinal);
    }
}
