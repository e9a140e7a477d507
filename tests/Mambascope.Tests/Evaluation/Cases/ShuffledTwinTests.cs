using System.Text.Json.Nodes;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Sanity;
using Mambascope.Models;
using Mambascope.Tests.Evaluation.Runs;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Evaluation.Cases;

/// <summary>Maps beside those of a model that was trained on shuffled labels.</summary>
public sealed class ShuffledTwinTests
{
    private static readonly PictureModel vim = SmallEvaluation.Vim;

    private static readonly PictureModel other = Model("other", new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config, seed: 8)));

    [Fact]
    public void A_map_that_reads_the_model_is_another_and_a_control_the_same()
    {
        var measure = new SanityMeasure(steps: 1, draws: 1, against: [ShuffledTwin.Of(SmallEvaluation.DeiT), ShuffledTwin.Of(other)]);
        var methods = MethodLines.Of(SmallEvaluation.Lines(SmallEvaluation.Run(measure, vim)));
        foreach (var line in methods.SelectMany(method => method.Lines))
        {
            var record = line.As<RandomisationRecord>();
            var isControl = line.Method is "centre-gaussian" or "colour" or "oracle";
            Assert.Equal(isControl, record.Shuffled!.Correlation > 0.999);
            Assert.InRange(record.Shifted!.ScoreDifference, 0, 1e-4);
            Assert.InRange(record.Shifted.Correlation, 0.99, 1 + 1e-12);
            Assert.InRange(record.Shifted.Difference, 0, 1e-2);
        }

        var table = measure.Table(methods);
        Assert.Contains(table.Columns, column => column.Name == "shuffled_similarity");
        Assert.Contains(table.Columns, column => column.Name == "shifted_correlation");
        Assert.DoesNotContain(
            new SanityMeasure(isShifted: false).Table(methods).Columns,
            column => column.Name.StartsWith("sh", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_measured_against_is_read_back()
    {
        var measure = new SanityMeasure(steps: 2, draws: 3, against: [ShuffledTwin.Of(Model("with a space", other.Network))]);
        var settings = SmallEvaluation.Run(measure, vim).Settings;
        var again = MeasureRegistry.Read(EvaluationSettings.Parse(settings.ToLine(), "file"));
        Assert.True(JsonNode.DeepEquals(measure.Options, again.Options), again.Options.ToJsonString());

        // Results of before there were shuffled labels and shifts.
        var old = MeasureRegistry.Read(settings with { Options = new() { ["steps"] = 2, ["draws"] = 3 } });
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["steps"] = 2, ["draws"] = 3 }, old.Options));
        Assert.Throws<BadInputException>(() =>
            MeasureRegistry.Read(settings with { Options = new() { ["steps"] = 2, ["draws"] = 3, ["against"] = new JsonArray("x") } }));
    }

    [Fact]
    public void Each_model_needs_one_twin_of_its_own_sizes_and_of_other_weights()
    {
        Assert.Same(other.Network, ShuffledTwin.For(vim, [ShuffledTwin.Of(SmallEvaluation.DeiT), ShuffledTwin.Of(other)]));
        Refused("found 0", ShuffledTwin.Of(SmallEvaluation.DeiT));
        Refused("found 2", ShuffledTwin.Of(other), ShuffledTwin.Of(Model("third", other.Network)));
        Refused("has the weights of vim itself", ShuffledTwin.Of(vim));
        Refused("another mean", ShuffledTwin.Of(other with { Preprocessing = other.Preprocessing with { Mean = [0, 0, 0] } }));

        static void Refused(string words, params ShuffledTwin[] among)
            => Assert.Contains(
                words, Assert.Throws<BadInputException>(() => ShuffledTwin.For(vim, among)).Message, StringComparison.Ordinal);
    }

    private static PictureModel Model(string name, IVisionModel network)
        => new(new(name, name.Split(' ')[0], "r"), network, vim.Preprocessing);
}
