using System.Text.Json;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Series;

/// <summary>Models of series and tables: gradients, hidden attention, files.</summary>
public sealed class SeriesClassifierTests : IDisposable
{
    private readonly Workers workers = new(1);

    public static TheoryData<string> Kinds { get; } = [.. TinySeries.Kinds];

    public void Dispose() => workers.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_match_finite_differences(string kind)
    {
        var model = TinySeries.Create(kind);
        var (values, direction) = (TinySeries.Values(model, 2), TinyVim.RandomActivation(2, 1, model.Classes, seed: 6));
        var gradients = new WeightGradients<double>(model.AllWeights);
        double[] atInput;
        using (var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true))
        {
            var trace = model.Forward(tape, values);
            using var replay = tape.Backward(trace.Logits, direction, [trace.Input], rules: null, gradients);
            atInput = replay[trace.Input].ToArray();
        }

        var expected = new double[atInput.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var original = values.Buffer[i];
            expected[i] = (Score(original + 1e-5) - Score(original - 1e-5)) / 2e-5;
            values.Buffer[i] = original;

            double Score(double value)
            {
                values.Buffer[i] = value;
                return this.Score(model, values, direction);
            }
        }

        Golden.AssertClose("values", atInput, expected, 1e-6);
        foreach (var weight in model.AllWeights)
        {
            var numbers = weight.Values<float>();
            var differences = new double[numbers.Length];
            for (var i = 0; i < numbers.Length; i++)
            {
                var original = numbers[i];
                var (high, low) = (original + 2e-4f, original - 2e-4f);
                numbers[i] = high;
                var up = Score(model, values, direction);
                numbers[i] = low;
                differences[i] = (up - Score(model, values, direction)) / ((double)high - low);
                numbers[i] = original;
            }

            // A key's bias moves all scores of a row alike, which the softmax does not see.
            Golden.AssertClose(weight.Name, [.. gradients[weight], 1], [.. differences, 1], 1e-4);
        }
    }

    [Theory]
    [InlineData("scan")]
    [InlineData("forward")]
    [InlineData("patches")]
    [InlineData("table")]
    public void Hidden_attention_gives_back_what_the_model_computed(string kind)
    {
        var model = TinySeries.Create(kind);
        using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true);
        var trace = model.Forward(tape, TinySeries.Values(model, 1));
        var check = SelfCheck.Of(trace, Enumerable.Range(0, trace.Length))!;
        Assert.True(check.IsPassed, check.ToString());
        Assert.Equal(2, trace.ScanMixers.Count);
        Assert.All(trace.ScanMixers, mixer => Assert.Equal(kind == "forward" ? 1 : 2, mixer.Scans.Count));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_written_is_read_back(string kind)
    {
        using var folder = new TemporaryFolder();
        var model = TinySeries.Create(kind);
        Write(folder, model);
        using var opened = SeriesModel.Open(folder.Path, threads: 1);
        using var loaded = LoadedModel.Open(folder.Path, threads: 1);
        Assert.Equal(ModelInput.Series, ModelInputs.Of(folder.Path));
        Assert.IsType<SeriesModel>(loaded);
        Assert.Equal(JsonSerializer.Serialize(model.Settings), JsonSerializer.Serialize(opened.Model.Settings));
        Assert.Equal(Titles(model), Titles(opened.Model));
        Assert.Equal(model.Facts.Title, opened.Model.Facts.Title);
        Assert.Equal(
            model.AllWeights.Select(weight => weight.ToString()), opened.Model.AllWeights.Select(weight => weight.ToString()));
        using var run = opened.Run(TinySeries.Case(model));
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        var one = TinySeries.Case(model);
        var direct = model.Forward(tape, Activation<float>.Of(model.Scale.Apply(one), 1, one.Length, one.Width));
        Assert.Equal(direct.Logits.Data.Row(0).ToArray(), run.Scores.ToArray());
        Assert.Equal("sick", opened.Label(1));

        static IEnumerable<string> Titles(ISeriesModel of) => of.Format.Variables.Select(variable => variable.Title);
    }

    [Fact]
    public void A_file_without_configuration_is_known_by_its_tensors()
    {
        using var folder = new TemporaryFolder();
        Write(folder, TinySeries.Create("scan"));
        File.Delete(folder.File("config.json"));
        Assert.Equal(ModelInput.Series, ModelInputs.Of(folder.File("model.safetensors")));
        using var opened = SeriesModel.Open(folder.Path, threads: 1);
        Assert.Equal(["channel 0", "channel 1"], opened.Model.Format.Variables.Select(variable => variable.Name));
        Assert.NotEmpty(opened.Assumed);
    }

    [Theory]
    [InlineData("hidden_size", "7", "hidden_size")]
    [InlineData("mixer", "\"attention\"", "mixer")]
    [InlineData("pooling", "\"max\"", "pooling")]
    [InlineData("patch_length", "5", "patch_length")]
    [InlineData("means", "[1]", "means")]
    [InlineData("deviations", "[1, 0]", "deviations")]
    [InlineData("channels", "[\"a\"]", "names")]
    [InlineData("units", "[\"a\"]", "units")]
    public void A_configuration_that_does_not_fit_is_refused_in_one_line(string key, string value, string says)
    {
        using var folder = new TemporaryFolder();
        Write(folder, TinySeries.Create("scan"));
        var config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!.AsObject();
        config[key] = System.Text.Json.Nodes.JsonNode.Parse(value);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        var error = Assert.Throws<BadInputException>(() => SeriesModel.Open(folder.Path, threads: 1));
        Assert.Contains(says, TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_model_does_not_read_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        Write(folder, TinySeries.Create("patches"));
        using var opened = SeriesModel.Open(folder.Path, threads: 1);
        var error = Assert.Throws<BadInputException>(() => opened.Run(new SeriesCase("0", new float[30], 15, 2)));
        Assert.Contains("15 steps, and the model has positions for 12", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
        error = Assert.Throws<BadInputException>(() => opened.Run(new SeriesCase("0", new float[9], 3, 3)));
        Assert.Contains("2 channels", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("random:series-tiny")]
    [InlineData("random:series-tiny-attention")]
    public void A_preset_reads_one_channel(string name)
    {
        using var model = SeriesModel.Open(name, threads: 1);
        using var run = model.Run(new SeriesCase("0", [.. Enumerable.Range(0, 20).Select(i => MathF.Sin(i))], 20, 1));
        Assert.Equal((20, 2), (run.Trace.Length, run.Scores.Length));
        Assert.True(model.Model.Work!.Forward(20) > 0);
    }

    /// <summary>A model as a folder, with labels.</summary>
    internal static void Write(TemporaryFolder folder, ISeriesModel model, IReadOnlyList<string>? labels = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights)
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(folder.File("model.safetensors"));
        var settings = new Dictionary<string, object>(model.Settings, StringComparer.Ordinal)
        {
            ["id2label"] = (labels ?? ["well", "sick"])
                .Index()
                .ToDictionary(label => $"{label.Index}", label => label.Item, StringComparer.Ordinal),
        };
        File.WriteAllText(folder.File("config.json"), JsonSerializer.Serialize(settings));
    }

    private double Score(ISeriesModel model, Activation<double> values, Activation<double> direction)
    {
        using var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: false);
        return model.Forward(tape, values).Logits.Data.ToArray().Zip(direction.ToArray(), (x, y) => x * y).Sum();
    }
}
