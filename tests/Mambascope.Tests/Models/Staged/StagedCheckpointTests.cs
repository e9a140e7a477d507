using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Models.Staged;

/// <summary>Names, sizes and refusals of checkpoints of models with stages.</summary>
public sealed class StagedCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("staged").FullName;

    [Theory]
    [InlineData("vmamba-v0-micro")] // the old names
    [InlineData("vmamba-v05-micro")] // (out, in, 1, 1) weights, a pickled configuration, a model_ema that is not meant
    public void Released_files_give_the_same_model(string name)
    {
        var golden = StagedGolden.Of(name);
        var (saved, released) = (golden.Load(), golden.Load("model.pth"));
        Assert.Equal(saved.AllWeights.Select(weight => weight.ToString()), released.AllWeights.Select(weight => weight.ToString()));
        AssertSameValues(saved, released);
    }

    [Theory]
    [InlineData("vmamba-v0-micro")]
    [InlineData("vmamba-v05-micro")]
    [InlineData("medmamba-micro")]
    public void Sizes_come_from_the_tensors(string name)
    {
        var golden = StagedGolden.Of(name);
        var (stated, inferred) = (golden.Load(), golden.Load(withConfig: false));
        Assert.Equal(64, stated.Grid.ImageHeight);
        Assert.Equal(224, inferred.Grid.ImageHeight);
        Assert.Equal(stated.Facts.Title, inferred.Facts.Title);
        Assert.Equal(
            stated.AllWeights.Select(weight => weight.ToString()), inferred.AllWeights.Select(weight => weight.ToString()));
    }

    [Theory]
    [InlineData("vmamba-tiny", 30_249_064)]
    [InlineData("vmamba-small", 49_012_840)]
    [InlineData("vmamba-base", 86_614_504)]
    [InlineData("vmamba-tiny-s2l5", 30_705_832)]
    [InlineData("vmamba-small-s2l15", 50_147_752)]
    [InlineData("vmamba-base-s2l15", 88_557_800)]
    [InlineData("vmamba-v0-tiny", 22_893_448)]
    [InlineData("vmamba-v0-small", 44_417_416)]
    [InlineData("vmamba-v0-base", 76_254_056)]
    [InlineData("medmamba-tiny", 14_457_222)]
    [InlineData("medmamba-small", 18_625_158)]
    [InlineData("medmamba-base", 39_864_838)]
    public void Presets_have_the_parameters_of_the_releases(string preset, long parameters)
    {
        using var model = ImageClassifier.Open("random:" + preset, new() { IsOutline = true });

        // Counted as constructors do: statistics of a batch norm are no parameters.
        var trained = model.Model.AllWeights.Where(weight => !weight.Name.Contains("running_", StringComparison.Ordinal));
        Assert.Equal(parameters, WeightTotals.Of(trained).Parameters);
    }

    [Theory]
    [InlineData("vmamba-v0-micro")]
    [InlineData("vmamba-v05-micro")]
    [InlineData("medmamba-micro")]
    public void A_model_that_is_saved_is_read_again(string name)
    {
        var model = StagedGolden.Of(name).Load();
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights)
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "config.json"), System.Text.Json.JsonSerializer.Serialize(model.Settings));
        using var read = ImageClassifier.Open(folder);
        Assert.Equal(model.Grid, read.Model.Grid);
        AssertSameValues(model, read.Model);
    }

    [Theory]
    [InlineData("\"depths\": [1, 1, 1]", "says depths = 1, 1, 1")]
    [InlineData("\"dims\": [16, 32, 48]", "says dims = 16, 32, 48")]
    [InlineData("\"forward_type\": \"v05_noz\"", "those of a gated mixer (v0)")]
    [InlineData("\"forward_type\": \"v051d_noz\"", "supported are v0 and v05_noz")]
    [InlineData("\"downsample\": \"v3\"", "says downsample = \"v3\"")]
    [InlineData("\"patch_embed\": \"v2\"", "says patch_embed = \"v2\"")]
    [InlineData("\"ssm_ratio\": 1.0", "says ssm_ratio = 1")]
    [InlineData("\"state_size\": 16", "says state_size = 16")]
    [InlineData("\"image_size\": [64, 64, 64]", "image_size has 3 numbers")]
    [InlineData("\"image_size\": 2", "image_size")]
    public void A_configuration_that_says_otherwise_is_refused(string entry, string expected)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), $"{{ \"model_type\": \"vmamba\", {entry} }}");
        File.Copy(StagedGolden.V0.Path("model.safetensors"), Path.Combine(folder, "model.safetensors"));
        Assert.Contains(expected, Assert.Throws<BadInputException>(() => ImageClassifier.Open(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layers.0.blocks.0.op.out_norm.weight", null, "another norm than a layer norm")]
    [InlineData("classifier.head.weight", null, "backbone without a classifier")]
    [InlineData(null, "pos_embed", "no released VMamba adds positions")]
    [InlineData(null, "classifier.norm.running_mean", "batch norms are not supported")]
    [InlineData(null, "layers.0.blocks.0.op.Ds2", "belongs to no part of a VMamba")]
    [InlineData(null, "layers_up.0.blocks.0.ln_1.weight", "VM-UNet")]
    public void Other_variants_are_refused_in_words(string? removed, string? added, string expected)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in StagedGolden.V0.Load().AllWeights.Where(weight => weight.Name != removed))
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        if (added is not null)
        {
            writer.Add(added, [1], new float[1]);
        }

        var file = Path.Combine(folder, "model.safetensors");
        writer.Save(file);
        var message = Assert.Throws<BadInputException>(() => ImageClassifier.Open(file)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Class_names_of_MedMambas_training_code_are_labels()
    {
        foreach (var file in new[] { "model.safetensors", "config.json" })
        {
            File.Copy(StagedGolden.MedMamba.Path(file), Path.Combine(folder, file));
        }

        File.WriteAllText(
            Path.Combine(folder, "class_indices.json"),
            "{" + string.Join(", ", Enumerable.Range(0, 10).Select(i => $"\"{i}\": \"finding {i}\"")) + "}");
        using var model = ImageClassifier.Open(folder);
        Assert.Equal("finding 3", model.Label(3));
        Assert.Equal("MedMamba's training code", model.PreprocessingSource);
        Assert.Equal([0.5f, 0.5f, 0.5f], model.Preprocessing.Mean);
    }

    [Fact]
    public void Methods_that_need_a_class_token_or_stages_say_so()
    {
        var model = StagedGolden.V05.Load();
        using var workers = new Workers(1);
        using var trace = model.Forward(
            new Tape<float>(workers, new BufferPool<float>(), isRecording: true), Activation<float>.Zeros(1, 3 * 64, 64));
        using var decision = new Decision<float>(trace);
        var official = Assert.Throws<BadInputException>(() => AttributionMethods
            .Find("rollout", model.Shape)
            .Explain(decision, model, new() { Mode = AttributionMode.Official }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("mode official", official.Message, StringComparison.Ordinal);
        var stage = Assert.Throws<BadInputException>(() => AttributionMethods
            .Find("raw", model.Shape)
            .Explain(decision, model, new() { Stage = 3 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("stage 3 does not exist; the model has stages 0 to 2", stage.Message);
        Assert.DoesNotContain(AttributionMethods.For(ModelShape.Of(MixerKind.Scan)), method => method.Name == "hires-cam");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void AssertSameValues(IVisionModel one, IVisionModel other)
        => Assert.All(
            one.AllWeights.Zip(other.AllWeights), pair => Assert.Equal(pair.First.Values<float>(), pair.Second.Values<float>()));
}
