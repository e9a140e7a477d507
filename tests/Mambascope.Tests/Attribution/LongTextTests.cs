using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>A text explained piece by piece gets the map that it gets whole, wherever it is cut.</summary>
public sealed class LongTextTests : IDisposable
{
    private readonly Workers workers = new(2);

    public static TheoryData<string, string, AttributionMode> Cases { get; } = All();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pieces_give_the_map_of_the_whole_in_double(string name, string method, AttributionMode mode)
        => Check<double>(name, method, mode, 1e-10);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pieces_give_the_map_of_the_whole_in_float(string name, string method, AttributionMode mode)
        => Check<float>(name, method, mode, 1e-4);

    [Fact]
    public void Options_and_contrasts_count()
    {
        var model = TinyLanguageModels.Create("mamba2-groups");
        var text = TinyLanguageModels.Text(20);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text));
        using var decision = new Decision<double>(trace, [3], contrasts: [4]);
        var options = new AttributionOptions { StartLayer = 1, ResidualWeight = 0.5 };
        foreach (var method in LongText.Methods)
        {
            var expected = AttributionMethods.Find(method, ModelShape.Of(MixerKind.Scan)).Explain(decision, model, options)[0].Values;
            Golden.AssertClose(
                method,
                LongText.Explain<double>(model, workers, text, method, options, target: 3, contrast: 4, piece: 6).Values,
                expected,
                1e-10);
        }
    }

    [Fact]
    public void What_needs_the_whole_text_is_refused_in_words()
    {
        var mamba = TinyLanguageModels.Create("mamba");
        Says("long texts can be explained by raw, rollout", mamba, "attribution", null);
        Says("scans only", TinyLanguageModels.Create("gpt-neox"), "rollout", null);
        Says("whole matrices", mamba, "rollout", new() { Sign = Mambascope.Attention.SignRule.Clamp });
        Says("whole matrices", mamba, "raw", new() { Mode = AttributionMode.Official });
        Assert.Throws<BadInputException>(() => LongText.Explain<float>(mamba, workers, [1, 2], "raw", target: 99));
        Assert.Throws<BadInputException>(() => LongText.Explain<float>(mamba, workers, [1, 99], "raw"));
        Assert.Throws<BadInputException>(() => LongText.Explain<float>(mamba, workers, [], "raw"));

        void Says(string words, ILanguageModel model, string method, AttributionOptions? options)
            => Assert.Contains(
                words,
                Assert.Throws<BadInputException>(() => LongText.Explain<float>(model, workers, [1, 2], method, options)).Message,
                StringComparison.Ordinal);
    }

    private void Check<T>(string name, string method, AttributionMode mode, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(75);
        var options = new AttributionOptions { Mode = mode };
        using var trace = TinyLanguageModels.Run<T>(workers, model, TokenBatch.Of(text));
        using var decision = new Decision<T>(trace);
        var expected = Widen(AttributionMethods.Find(method, ModelShape.Of(MixerKind.Scan)).Explain(decision, model, options)[0].Values);
        foreach (var piece in new[] { 1, 2, 17, 74, 75, 100 })
        {
            var shares = new List<double>();
            var map = LongText.Explain<T>(model, workers, text, method, options, piece: piece, progress: new DirectProgress(shares.Add));
            Golden.AssertClose($"pieces of {piece}", Widen(map.Values), expected, tolerance);
            Assert.Equal(shares.Order(), shares);
            Assert.Equal(1, shares[^1], 1e-9);
        }
    }

    private static double[] Widen<T>(T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Array.ConvertAll(values, double.CreateTruncating);

    private static TheoryData<string, string, AttributionMode> All()
    {
        var data = new TheoryData<string, string, AttributionMode>();
        foreach (var name in new[] { "mamba", "falcon-mamba", "mamba2", "mamba2-group-norms" })
        {
            data.Add(name, "raw", AttributionMode.Exact);
            data.Add(name, "raw", AttributionMode.Paper);
            data.Add(name, "rollout", AttributionMode.Exact);
            data.Add(name, "rollout", AttributionMode.Paper);
            data.Add(name, "mamba-lrp", AttributionMode.Exact);
            data.Add(name, "state-lrp", AttributionMode.Exact);
            data.Add(name, "alti-rows", AttributionMode.Exact);
            data.Add(name, "input-x-gradient", AttributionMode.Exact);
        }

        return data;
    }

    public void Dispose() => workers.Dispose();
}
