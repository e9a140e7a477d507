using Mambascope.Application;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Presets whose matrices are held in another format than their own: random:PRESET[:SEED][:FORMAT].</summary>
public sealed class QuantisedPresetTests
{
    [Theory]
    [InlineData("Q8_0", 0.5)]
    [InlineData("Q5_0", 0.5)]
    [InlineData("Q4_K", 0.75)] // its steps and least values are rounded too
    public void Values_are_rounded_to_the_nearest_that_a_block_holds(string name, double steps)
    {
        var format = BlockFormat.All.Single(one => one.Name == name);
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 2048).Select(i => (random.NextSingle() - 0.4f) * (i / 256 + 1))];
        values.AsSpan(256, 256).Clear();
        var blocks = BlockRounding.Round(format, values);
        Assert.Equal(-1, format.FirstNotFinite(blocks));
        var found = new float[values.Length];
        format.Widen(blocks, found);
        var bits = name[1] - '0';
        for (var first = 0; first < values.Length; first += 32)
        {
            var (group, rounded) = (values.AsSpan(first, 32).ToArray(), found.AsSpan(first, 32).ToArray());
            var largest = name == "Q4_K" ? group.Max() - Math.Min(0, group.Min()) : 2 * group.Max(Math.Abs);
            var step = largest / ((1 << bits) - 2);
            Assert.All(group.Zip(rounded), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, (steps * step) + 1e-7));
        }
    }

    [Theory]
    [InlineData("mamba-130m", "q8_0", WeightFormat.Q8_0, WeightFormat.F16)] // dt_proj has rows of 48
    [InlineData("mamba-130m", "q4_k", WeightFormat.Q4_K, WeightFormat.F16)]
    [InlineData("llama-135m", "Q4_K", WeightFormat.ScaledBytes, WeightFormat.Q4_K)] // rows of 576: Q5_0
    [InlineData("falcon-h1-90m", "f32", WeightFormat.F32, WeightFormat.F32)]
    public void A_format_is_said_behind_the_name(string preset, string format, WeightFormat most, WeightFormat odd)
    {
        using var outline = TextModel.Open($"random:{preset}:7:{format}", isOutline: true);
        var formats = outline.Model.AllWeights
            .Where(weight => weight.Shape.Count == 2 && weight.Name.EndsWith(".weight", StringComparison.Ordinal))
            .Select(weight => weight.Format).Distinct();
        Assert.Equal(new[] { most, odd }.Distinct().Order(), formats.Order());
        var values = ModelDescription.Of(outline).Facts.SelectMany(fact => fact.Values).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(outline.Model.AllWeights.Sum(weight => weight.ByteLength), values["weight_bytes"]);
        Assert.Equal(most.ToString(), values["weight_format"]);
    }

    [Fact]
    public void A_model_has_the_weights_that_its_outline_says_and_runs()
    {
        var preset = Presets.Find("falcon-h1-90m")!.Value.Preset;
        var (model, outline) = (preset.Create(3, WeightFormat.Q4_K), preset.Outline(WeightFormat.Q4_K));
        Assert.Equal(
            outline.AllWeights.Select(weight => (weight.ToString(), weight.Format)),
            model.AllWeights.Select(weight => (weight.ToString(), weight.Format)));
        Assert.InRange(WeightTotals.Of(model.AllWeights).BitsPerWeight / WeightTotals.Of(outline.AllWeights).BitsPerWeight, 1, 1.001);
        using var workers = new Workers(1);
        using var trace = ((ILanguageModel)model).Forward(
            new Mambascope.Autodiff.Tape<float>(workers, new BufferPool<float>(), isRecording: false), TokenBatch.Of([1, 2, 3]));
        Assert.All(trace.Logits.Data.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void What_is_no_format_or_has_none_is_refused()
    {
        foreach (var wrong in (string[])["mamba-130m:q9", "mamba-130m:q8_0:q4_k", "mamba-130m:1:2", "vim-tiny:1:q8_0"])
        {
            CliRun.Of("info", "random:" + wrong).AssertFailed(2, "f32, bf16, f16, q8_0, q4_k");
        }
    }
}
