using System.Text.Json;
using Mambascope.Application;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>The list of architectures, and one that joins it from outside.</summary>
[Collection(nameof(RegistryAlone))]
public sealed class ArchitectureListTests
{
    [Fact]
    public void Every_name_is_there_once()
    {
        Assert.Distinct(Architectures.All.Select(architecture => architecture.Name));
        Assert.Distinct(Architectures.All.SelectMany(architecture => architecture.ModelTypes));
        Assert.Distinct(Presets.Names);
        Assert.Equal(Presets.Names, [.. Enum.GetValues<ModelInput>().SelectMany(Presets.NamesFor)]);
        Assert.Contains("mamba-2.8b", Presets.Names);
    }

    [Fact]
    public void A_registered_one_is_found_by_preset_model_type_and_tensors_until_it_goes()
    {
        using var folder = new TemporaryFolder();
        using (Architectures.Register(new Toy()))
        {
            Assert.Equal(ModelInput.Text, ModelInputs.Of("random:toy-small"));
            Assert.Contains("toy mixer", CliRun.Successful("info", "random:toy-small").Out, StringComparison.Ordinal);
            Write(folder, """{"model_type": "toy"}""");
            Assert.Equal("toy", TextModel.Open(folder.Path).Model.Facts.Name);
            Write(folder, "{}");
            Assert.Equal("toy", TextModel.Open(folder.Path).Model.Facts.Name);
            Assert.Equal(
                "toy",
                JsonDocument.Parse(CliRun.Successful("info", folder.Path, "--json").Out)
                    .RootElement.GetProperty("architecture").GetString());
        }

        Assert.Null(ModelInputs.Of("random:toy-small"));
        Assert.Contains(
            "supported are Mamba, Falcon-Mamba, Nemotron-H, Mamba-2, GPT-NeoX, ",
            Assert.Throws<BadInputException>(() => TextModel.Open(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_taken_name_is_refused()
    {
        using var first = Architectures.Register(new Toy());
        Assert.Contains(
            "taken", Assert.Throws<ArgumentException>(() => Architectures.Register(new Toy())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preset_is_described_without_its_weights()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var language = TextModel.Open("random:mamba-2.8b", threads: 1, isOutline: true);
        var values = ModelDescription.Of(language).Facts.SelectMany(fact => fact.Values).ToDictionary(StringComparer.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000); // its weights are 5.5 GB
        Assert.Equal(2_768_345_600L, values["parameters"]);
        Assert.Equal("BF16", values["weight_format"]);
        Assert.Contains(
            "to be described",
            Assert.Throws<InvalidOperationException>(() => language.Model.AllWeights.First().Values<float>()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vim-tiny")]
    [InlineData("mamba2-130m")]
    [InlineData("pythia-70m")]
    public void An_outline_has_the_weights_that_a_model_would_have(string preset)
    {
        var found = Presets.Find(preset)!.Value.Preset;
        Assert.Equal(
            found.Create().AllWeights.Select(weight => (weight.ToString(), weight.Format)),
            found.Outline().AllWeights.Select(weight => (weight.ToString(), weight.Format)));
    }

    private static void Write(TemporaryFolder folder, string config)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in TinyLanguageModels.Create("mamba").AllWeights)
        {
            writer.Add(Toy.Stored(weight.Name), [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(folder.File("model.safetensors"));
        File.WriteAllText(folder.File("config.json"), config);
    }

    // A Mamba under other names that calls itself something else. With dots in them it would be a Mamba: prefixes are seen through.
    private sealed class Toy : Architecture
    {
        public static string Stored(string name) => "toy-" + name.Replace('.', '-');

        public override string Name => "Toy";

        public override ModelInput Reads => ModelInput.Text;

        public override IReadOnlyList<string> ModelTypes => ["toy"];

        public override IReadOnlyList<ModelPreset> Presets => [new("toy-small", weights => new ToyModel(weights))];

        public override bool Matches(Checkpoint checkpoint)
            => checkpoint.Tensors.Keys.Any(name => name.StartsWith("toy-", StringComparison.Ordinal));

        public override IModel Read(Checkpoint checkpoint, ConfigFile? config)
            => new ToyModel((name, shape) => new(name, checkpoint.ReadSingles(Stored(name), shape), shape));
    }
}
