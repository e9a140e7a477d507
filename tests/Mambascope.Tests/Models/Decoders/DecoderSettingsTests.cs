using System.Text.Json;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Decoders;

/// <summary>A decoder that is written with its settings and its weights by their own names is the same when it is read again.</summary>
public sealed class DecoderSettingsTests : IDisposable
{
    private readonly Workers workers = new(1);

    public static TheoryData<string> Folders => DecoderGenerationTests.Folders;

    public void Dispose() => workers.Dispose();

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_model_is_read_as_it_was_written(string folder)
    {
        var model = LanguageModels.Open(Golden.Path(folder));
        using var written = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights)
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(Path.Combine(written.Path, "model.safetensors"));
        var settings = new Dictionary<string, object>(model.Settings, StringComparer.Ordinal) { ["model_type"] = model.Facts.Name };
        File.WriteAllText(Path.Combine(written.Path, "config.json"), JsonSerializer.Serialize(settings));
        Assert.Equal(model.Facts.Name, model.Settings["model_type"]);
        Assert.Equal(Scores(model), Scores(LanguageModels.Open(written.Path)));
    }

    /// <summary>The sanity check draws all weights anew.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void A_model_around_other_weights_has_their_names(string folder)
    {
        var model = LanguageModels.Open(Golden.Path(folder));
        var other = model.With(RandomWeights.Source(3));
        Assert.Equal(model.AllWeights.Select(weight => weight.Name), other.AllWeights.Select(weight => weight.Name));
        Assert.NotEqual(Scores(model), Scores(other));
        Assert.All(Scores(other), score => Assert.True(float.IsFinite(score)));
        Assert.Equal(model.AllWeights.Count(), model.AllWeights.Select(weight => weight.Name).Distinct(StringComparer.Ordinal).Count());
    }

    private float[] Scores(ILanguageModel model)
    {
        using var trace = model.Forward(new Tape<float>(workers, new BufferPool<float>(), isRecording: false), TokenBatch.Of([5, 9, 200]));
        return trace.Logits.Data.ToArray();
    }
}
