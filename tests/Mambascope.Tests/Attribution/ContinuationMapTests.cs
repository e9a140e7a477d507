using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Each row of a continuation's map is the map of the text cut before that token, for the token that came.</summary>
public sealed class ContinuationMapTests : IDisposable
{
    private readonly Workers workers = new(2);

    [Theory]
    [InlineData("mamba", "attribution")]
    [InlineData("mamba2", "mamba-lrp")]
    [InlineData("gpt-neox", "generic-attention")]
    [InlineData("gpt-neox", "transformer-attribution")]
    public void Rows_are_the_maps_of_the_steps(string name, string method)
    {
        var model = TinyLanguageModels.Create(name);
        var prompt = TinyLanguageModels.Text(5);
        var generation = new TextGeneration<double>(model, workers);
        generation.Read(prompt);
        int[] text = [.. prompt, .. generation.Generate(4, new() { Temperature = 1.5, Seed = 2 }).Select(token => token.Id)];
        var map = ContinuationMap.Explain<double>(model, workers, text, prompt.Length, method);
        Assert.Equal((5, 4), (map.First, map.Rows.Count));
        for (var step = 0; step < 4; step++)
        {
            using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text[..(5 + step)]));
            using var decision = new Decision<double>(trace, [text[5 + step]]);
            var expected = AttributionMethods.Find(method, model.Shape).Explain(decision, model, new())[0].Values;
            Assert.Equal(9, map.Rows[step].Values.Length);
            Golden.AssertClose($"step {step}", map.Rows[step].Values.AsSpan(0, 5 + step), expected, 1e-9);
            Assert.All(map.Rows[step].Values[(5 + step)..], value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_continuation_needs_a_beginning_and_an_end(int first)
        => Assert.Throws<BadInputException>(() =>
            ContinuationMap.Explain<float>(TinyLanguageModels.Create("mamba"), workers, [1, 2, 3], first, "raw"));

    public void Dispose() => workers.Dispose();
}
