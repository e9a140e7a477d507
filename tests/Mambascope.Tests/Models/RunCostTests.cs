using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>What cannot be done, or takes more than there is, is said before it is begun.</summary>
public sealed class RunCostTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Six_thousand_words_are_too_long_for_a_transformer_and_the_limit_is_said()
    {
        var text = folder.Write("long.txt", string.Concat(Enumerable.Repeat("words ", 6000)));
        foreach (var flag in new string[][] { [], ["--no-limit"] })
        {
            CliRun.Of(["explain", text, "--method", "attn-lrp", "--model", "demo-neox", "--out", folder.File("a.html"), .. flag])
                .AssertFailed(2, "36,000 tokens", "GB", "at most 23,170 tokens");
        }

        Assert.Empty(Directory.GetFiles(folder.Path, "*.html"));
        CliRun.Of("knockout", text, "--model", "demo-neox").AssertFailed(2, "at most 23,170 tokens");
        CliRun.Of("continuation", text, "--model", "demo-neox").AssertFailed(2, "36,016 tokens", "at most 4,096");
    }

    [Fact]
    public void Hours_of_runs_are_begun_only_where_that_is_wished()
    {
        var text = folder.Write("long.txt", string.Concat(Enumerable.Repeat("words ", 3000)));
        CliRun.Of("knockout", text, "--model", "demo-mamba").AssertFailed(2, "18,000 runs", "hours", "--no-limit");
    }

    [Fact]
    public void Memory_grows_with_the_square_of_a_text_for_attention_and_with_the_text_for_a_scan()
    {
        using var transformer = TextModel.Open("demo-neox");
        using var mamba = TextModel.Open("demo-mamba");
        Assert.InRange(Bytes(transformer, 3000), 1.6e9, 2.4e9); // 2.1e9 were measured (input x gradient)
        Assert.InRange(Bytes(transformer, 6000) / Bytes(transformer, 3000), 3, 4);
        Assert.Equal(2, Bytes(mamba, 6000) / Bytes(mamba, 3000), tolerance: 1e-9);
        Assert.True(Bytes(transformer, 3000) > 2 * RunCost.Of<float>(transformer.Model, 3000, isRecorded: false).Bytes);
        Assert.Throws<BadInputException>(() => RunCost.Check<float>("m", transformer.Model, 23_000, isRecorded: true));
        RunCost.Check<float>("m", transformer.Model, 23_000, isRecorded: true, mayTry: true);
    }

    // 502 and 778 MB were measured for explain with mamba-lrp, weights (260 MB) and .NET included; 1,568 and 4,191 MB where all is kept.
    [Fact]
    public void A_large_record_costs_one_layer_and_the_streams()
    {
        using var model = TextModel.Open("random:mamba-130m", isOutline: true);
        Assert.True(RunCost.IsLargeWhole<float>(model.Model, 512));
        Assert.False(RunCost.IsLargeWhole<float>(model.Model, 64));
        Assert.InRange(Bounded(512), 60e6, 200e6);
        Assert.InRange(Bounded(2048), 240e6, 600e6);
        Assert.True(Bytes(model, 2048) > 6 * Bounded(2048));
        Assert.Equal(Bytes(model, 64), Bounded(64));

        double Bounded(int tokens) => RunCost.Of<float>(model.Model, tokens, isRecorded: true, mayKeepStreamsOnly: true).Bytes;
    }

    // Of six experts each token passes two; what the others would make of it takes no memory.
    [Fact]
    public void Experts_that_a_token_is_not_sent_to_cost_nothing()
    {
        using var experts = TextModel.Open(Golden.Path("granite-moe-hybrid-micro"));
        var matrices = experts.Model.AllWeights.Where(weight => weight.Shape is [_, _]).ToArray();
        var ofExperts = matrices.Where(weight => weight.Name.Contains(".experts.", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(ofExperts);
        Assert.Equal(
            matrices.Except(ofExperts).Sum(weight => weight.Rows) + (ofExperts.Sum(weight => weight.Rows) / 3.0),
            experts.Model.Work!.Outputs!.Value,
            1e-9);
        Assert.Equal(
            experts.Model.AllWeights.Sum(weight => weight.ByteLength) - (ofExperts.Sum(weight => weight.ByteLength) * 2 / 3.0)
                - (IsLookedUpOnly(experts) ? experts.Model.AllWeights.First().ByteLength : 0),
            experts.Model.Work.Bytes,
            1e-6);
    }

    private static bool IsLookedUpOnly(TextModel model)
        => model.Model.AllWeights.Any(weight => weight.Name == "lm_head.weight");

    private static double Bytes(TextModel model, int tokens) => RunCost.Of<float>(model.Model, tokens, isRecorded: true).Bytes;
}
