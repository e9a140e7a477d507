using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>One model under the names that other code gives its tensors has the same scores.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("MambaModel", "", "embeddings.weight")]
    [InlineData("mamba-minimal", "", "embedding.weight")]
    [InlineData("mamba.py", "mamba.", "embedding.weight")]
    public void Mamba(string code, string layers, string embedding)
    {
        var model = TinyLanguageModels.Create("mamba");
        Save(model, name => name switch
        {
            "backbone.embeddings.weight" => embedding,
            "backbone.norm_f.weight" => "norm_f.weight",
            _ => layers + name["backbone.".Length..],
        });
        Assert.Equal(ModelInput.Text, ModelInputs.Of(folder.File("model.safetensors")));
        using var read = TextModel.Open(folder.File("model.safetensors"));
        Assert.Null(read.ChosenWeights);
        Assert.Equal("Mamba", read.Model.Facts.Kind);
        Assert.True(model.AllWeights.Zip(read.Model.AllWeights).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.Values<float>().SequenceEqual(pair.Second.Values<float>())), code);
    }

    [Fact]
    public void Torchvision()
    {
        var model = TinyDeiT.Model(TinyDeiT.Config with { Channels = 3, Width = 64, Heads = 1 });
        Save(model, name => name switch
        {
            "cls_token" => "class_token",
            "pos_embed" => "encoder.pos_embedding",
            "patch_embed.proj.weight" => "conv_proj.weight",
            "patch_embed.proj.bias" => "conv_proj.bias",
            "norm.weight" => "encoder.ln.weight",
            "norm.bias" => "encoder.ln.bias",
            "head.weight" => "heads.head.weight",
            "head.bias" => "heads.head.bias",
            _ => name.Replace("blocks.", "encoder.layers.encoder_layer_", StringComparison.Ordinal)
                .Replace("norm1", "ln_1", StringComparison.Ordinal)
                .Replace("norm2", "ln_2", StringComparison.Ordinal)
                .Replace("attn.qkv.", "self_attention.in_proj_", StringComparison.Ordinal)
                .Replace("attn.proj", "self_attention.out_proj", StringComparison.Ordinal)
                .Replace("mlp.fc1", "mlp.0", StringComparison.Ordinal)
                .Replace("mlp.fc2", "mlp.3", StringComparison.Ordinal),
        });
        using var read = ImageClassifier.Open(folder.File("model.safetensors"));
        Assert.Equal(1e-6f, ((VisionTransformer)read.Model).Config.NormEpsilon);
        Assert.True(model.AllWeights.Zip(read.Model.AllWeights).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.Values<float>().SequenceEqual(pair.Second.Values<float>())));
    }

    [Fact]
    public void What_nobody_knows_is_told_all_that_can_be_opened()
    {
        new SafetensorsWriter().Add("encoder.weight", [1], new float[1]).Save(folder.File("model.safetensors"));
        var message = Cli.CliRun.Of("info", folder.File("model.safetensors")).Error;
        Assert.Contains("Vision Mamba", message, StringComparison.Ordinal);
        Assert.Contains("Falcon-Mamba", message, StringComparison.Ordinal);
        folder.Write("config.json", "{\"model_type\": \"bert\"}");
        message = Cli.CliRun.Of("info", folder.Path).Error;
        Assert.Contains("\"bert\"", message, StringComparison.Ordinal);
        Assert.Contains("\"mamba2\"", message, StringComparison.Ordinal);
    }

    private void Save(IModel model, Func<string, string> rename)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights)
        {
            writer.Add(rename(weight.Name), [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(folder.File("model.safetensors"));
    }
}
