using System.Text.Json;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>What a model writes into config.json makes the same model again, whatever its sizes.</summary>
public sealed class ModelSettingsTests
{
    [Theory]
    [InlineData("mamba")]
    [InlineData("falcon-mamba")]
    [InlineData("mamba-no-conv-bias")]
    [InlineData("mamba2")]
    [InlineData("mamba2-groups")]
    [InlineData("mamba2-group-norms")]
    [InlineData("gpt-neox")]
    [InlineData("gpt-neox-sequential")]
    public void Of_language_models(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var read = ReadBack(model);
        Assert.Equal(Config(model), Config(read));
        Assert.Equal(model.Facts.Kind, read.Facts.Kind);
    }

    [Theory]
    [InlineData(ClassTokenKind.Middle, true, 1e-5f, 4)]
    [InlineData(ClassTokenKind.First, false, 1e-6f, 2)]
    [InlineData(ClassTokenKind.MeanPool, true, 1e-5f, 4)]
    public void Of_Vision_Mamba(ClassTokenKind token, bool isHalved, float epsilon, int stride)
    {
        var config = TinyVim.Config with { ClassToken = token, HalveDirections = isHalved, NormEpsilon = epsilon, Stride = stride };
        Assert.Equal(config, Config(ReadBack(new VisionMamba(config, TinyVim.Weights(config)))));
    }

    [Fact]
    public void Of_vision_transformers() => Assert.Equal(TinyDeiT.Config, Config(ReadBack(TinyDeiT.Model(TinyDeiT.Config))));

    [Fact]
    public void A_model_around_other_weights_has_the_same_sizes()
    {
        foreach (
            var model in new IModel[]
            {
                TinyDeiT.Model(TinyDeiT.Config),
                new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config)),
                TinyLanguageModels.Create("mamba2"),
                TinyLanguageModels.Create("gpt-neox"),
            })
        {
            var other = model.With(RandomWeights.Source(31));
            Assert.Equal(model.GetType(), other.GetType());
            Assert.Equal(model.AllWeights.Select(weight => weight.ToString()), other.AllWeights.Select(weight => weight.ToString()));
            Assert.NotEqual(model.AllWeights.First().Values<float>(), other.AllWeights.First().Values<float>());
        }
    }

    private static object Config(IModel model) => model.GetType().GetProperty("Config")!.GetValue(model)!;

    private static IModel ReadBack(IModel model)
    {
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights)
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(folder.File("model.safetensors"));
        File.WriteAllText(folder.File("config.json"), JsonSerializer.Serialize(model.Settings));
        using var checkpoint = Checkpoint.Open(folder.File("model.safetensors"));
        var config = ConfigFile.Load(folder.File("config.json"));
        return Architectures.OfModelType(config.GetString("model_type"))!.Read(checkpoint, config);
    }
}
