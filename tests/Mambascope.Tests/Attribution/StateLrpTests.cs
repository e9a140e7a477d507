using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>What state-lrp says adds up to the state; a reference is refused where it means nothing.</summary>
public sealed class StateLrpTests : IDisposable
{
    private readonly Workers workers = new(1);

    public void Dispose() => workers.Dispose();

    [Theory]
    [InlineData("mamba-no-conv-bias")]
    [InlineData("mamba2-group-norms")]
    public void Without_biases_relevance_adds_up_to_the_square_of_the_state(string name)
    {
        var model = TinyLanguageModels.Create(name);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(11)));
        using var decision = new Decision<double>(trace);
        var state = ReadState.Of(trace).Data.Row(0).ToArray();
        Golden.AssertClose("sum", [Map(decision, model, new()).Sum()], [state.Sum(f => f * f)], 1e-12);
    }

    [Fact]
    public void Neither_target_nor_contrast_changes_it()
    {
        var model = TinyLanguageModels.Create("mamba2");
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(11)));
        using var first = new Decision<double>(trace, [3]);
        using var second = new Decision<double>(trace, [4], contrasts: [5]);
        Assert.Equal(Map(first, model, new()), Map(second, model, new()));
    }

    /// <summary>What comes behind the explained token is no part of the text that it was chosen after.</summary>
    [Fact]
    public void The_mean_of_a_text_ends_at_the_explained_token()
    {
        var model = TinyLanguageModels.Create("mamba");
        var text = TinyLanguageModels.Text(11);
        using var whole = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text), ScorePositions.At(6));
        using var cut = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text[..7]));
        using var inside = new Decision<double>(whole, token: 6);
        using var last = new Decision<double>(cut);
        var options = new AttributionOptions { Reference = InputReference.TextMean };
        Golden.AssertClose("map", Map(inside, model, options)[..7], Map(last, model, options), 1e-12);
        Assert.All(Map(inside, model, options)[7..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_reference_of_the_other_kind_of_input_is_refused()
    {
        var model = TinyLanguageModels.Create("mamba");
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(5)));
        using var decision = new Decision<double>(trace);
        var error = Assert.Throws<BadInputException>(() => Map(decision, model, new() { Reference = InputReference.PictureMean }));
        Assert.Contains("for texts take text-mean", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<BadInputException>(() => LongText.Explain<float>(
            model, workers, [1, 2, 3], "state-lrp", new() { Reference = InputReference.TextMean },
            cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("leave the reference of state-lrp out", error.Message, StringComparison.Ordinal);
    }

    private static double[] Map(Decision<double> decision, ILanguageModel model, AttributionOptions options)
        => new StateLrp().Explain(decision, model, options, cancellation: TestContext.Current.CancellationToken)[0].Values;
}
