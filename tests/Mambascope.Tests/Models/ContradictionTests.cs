using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>A config.json that says otherwise than the tensors, and files that lack a part, are refused in one line.</summary>
public sealed class ContradictionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mamba", "vocab_size", 18, "vocab_size = 18")]
    [InlineData("mamba", "vocab_size", 20, "vocab_size = 20")]
    [InlineData("mamba", "use_conv_bias", false, "use_conv_bias = false")]
    [InlineData("mamba", "use_bias", true, "use_bias = true")]
    [InlineData("mamba", "time_step_rank", 3, "time_step_rank = 3")]
    [InlineData("mamba2", "use_conv_bias", false, "use_conv_bias = false")]
    [InlineData("mamba2", "vocab_size", 99, "vocab_size = 99")]
    [InlineData("gpt-neox", "vocab_size", 99, "vocab_size = 99")]
    [InlineData("gpt-neox", "attention_bias", false, "attention_bias = false")]
    public void What_the_tensors_do_not_bear_out_is_named(string model, string key, object value, string said)
    {
        Save(TinyLanguageModels.Create(model), config => config[key] = JsonValue.Create(value));
        if (said == "vocab_size = 18")
        {
            TextModel.Open(folder.Path).Dispose(); // rows of an embedding are padded
            return;
        }

        Refused(said);
    }

    [Fact]
    public void A_number_of_classes_that_is_none_is_named()
    {
        Save(TinyDeiT.Model(TinyDeiT.Config with { Channels = 3 }), config => config["num_labels"] = 7);
        Assert.Contains(
            "num_labels = 7", Assert.Throws<BadInputException>(() => ImageClassifier.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mamba", "lm_head.weight")]
    [InlineData("gpt-neox", "embed_out.weight")]
    public void A_head_that_is_said_to_be_there_is_missed(string model, string head)
    {
        Save(TinyLanguageModels.Create(model), config => config["tie_word_embeddings"] = false, without: head);
        Refused($"no {head}", "incomplete");
    }

    [Theory]
    [InlineData("backbone.layers.1.", "backbone.layers.2147483647.", "layers.2147483647", "none of layer backbone.layers.1")]
    [InlineData("backbone.layers.1.", "backbone.layers.3.", "layers.3", "none of layer backbone.layers.1")]
    public void A_gap_between_layers_is_named(string old, string @new, params string[] said)
    {
        Save(TinyLanguageModels.Create("mamba"), _ => { }, rename: name => name.Replace(old, @new, StringComparison.Ordinal));
        Refused(said);
    }

    [Fact]
    public void Pixels_that_single_precision_cannot_tell_apart_are_refused()
    {
        using var model = new SmallModel();
        using var classifier = ImageClassifier.Open(model.Folder);
        var (channels, side) = (classifier.Model.Grid.Channels, classifier.Model.Grid.ImageHeight);
        var values = new float[channels * side * side];
        values[3] = 1e30f;
        new SafetensorsWriter().Add("pixel_values", [channels, side, side], values).Save(folder.File("px.safetensors"));
        Assert.Contains(
            "1E+30 at position 3",
            TemporaryFolder.OneLine(
                Assert.Throws<BadInputException>(() => classifier.ReadPixelValues(folder.File("px.safetensors")))),
            StringComparison.Ordinal);
    }

    private void Save(
        IModel model, Action<JsonObject> change, string? without = null, Func<string, string>? rename = null)
    {
        var config = new JsonObject(model.Settings.Select(setting =>
            KeyValuePair.Create(setting.Key, System.Text.Json.JsonSerializer.SerializeToNode(setting.Value))));
        change(config);
        folder.Write("config.json", config.ToJsonString());
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights.Where(weight => weight.Name != without))
        {
            writer.Add(rename?.Invoke(weight.Name) ?? weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(folder.File("model.safetensors"));
    }

    private void Refused(params string[] said)
    {
        var message = TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextModel.Open(folder.Path)));
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }
}
