using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>What the page is told about a text is what the library says.</summary>
public sealed class TextAnswersTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Words = "To be, or not to b";
    private const string Mamba = "demo-mamba";

    private TextSubject Subject => new TextInput(Words, Ids: null, File: null).Read(explorer.Mamba);

    [Fact]
    public async Task An_explanation_has_tokens_answers_and_relevance()
    {
        var expected = Explaining.Explain<float>(explorer.Mamba, Subject, new()
        {
            Target = "e",
            Against = "u",
            Methods = [new(AttributionMethods.Find("input-x-gradient", explorer.Mamba.Model.Shape))],
        });
        var found = await explorer.Api.ExplainTextAsync(
            Mamba, new() { Text = Words, Target = "e", Against = "u", Methods = ["input-x-gradient"] });
        Assert.Equal(
            expected.Maps[0].Map.Values.Select(value => (double)value),
            found["maps"]![0]!["values"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(18, found["tokens"]!.AsArray().Count);
        Assert.Equal(12, found["top"]!.AsArray().Count);
        Assert.Equal("e", (string)found["target"]!["text"]!);
        Assert.Equal("u", (string)found["against"]!["text"]!);
    }

    [Fact]
    public async Task Ids_are_as_good_as_characters_and_a_character_of_several_bytes_is_one_piece()
    {
        var byText = await explorer.Api.ExplainTextAsync(Mamba, new() { Text = "né b", Methods = ["raw"] });
        var ids = byText["tokens"]!.AsArray().Select(token => (int)token!["id"]!).ToArray();
        var byIds = await explorer.Api.ExplainTextAsync(Mamba, new() { Ids = ids, Methods = ["raw"] });
        Assert.Equal(byText["maps"]!.ToJsonString(), byIds["maps"]!.ToJsonString());
        Assert.Equal(["n", "é", " ", "b"], byText["pieces"]!.AsArray().Select(piece => (string)piece!["text"]!));
    }

    [Fact]
    public async Task A_matrix_is_of_tokens_or_of_words()
    {
        var tokens = await NumbersAnswer.Of(explorer.Api.TextAttentionAsync(Mamba, new() { Text = Words, Layer = 3 }));
        Assert.Equal(Attending.Show<float>(explorer.Mamba, Subject, new() { Layer = 3 }).Matrix.Values, tokens.Tensors["matrix"]);
        var words = await NumbersAnswer.Of(explorer.Api.TextAttentionAsync(Mamba, new() { Text = Words, Layer = 3, Blocks = "word" }));
        Assert.Equal(6, words.About["blocks"]!.AsArray().Count);
        Assert.Equal(36, words.Tensors["matrix"].Length);
        var strip = await NumbersAnswer.Of(explorer.Api.TextLayersAsync(Mamba, new() { Text = Words }));
        Assert.Equal(6, strip.About["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_cut_edge_has_the_effect_that_the_library_measures()
    {
        var effect = KnockoutEffect.Of<float>(
            explorer.Mamba.Model, explorer.Mamba.Workers, Subject.Read.Ids,
            [new() { Sources = [3], Targets = [17], Layers = [2] }, new() { Sources = [4] }]);
        var found = await explorer.Api.CutAsync(
            Mamba, new() { Text = Words, Cuts = [new() { Source = 3, Output = 17, Layers = [2] }, new() { Source = 4 }] });
        Assert.Equal(effect.ProbabilityBefore, found.Before.Single(answer => answer.Index == effect.Target).Probability, 1e-6);
        Assert.Equal(effect.ProbabilityAfter, found.After.Single(answer => answer.Index == effect.Target).Probability, 1e-6);
        Assert.NotEqual(effect.ProbabilityBefore, effect.ProbabilityAfter);
    }

    [Fact]
    public async Task Convolutions_are_cut_where_that_is_asked_for()
    {
        var effect = KnockoutEffect.Of<float>(
            explorer.Mamba.Model, explorer.Mamba.Workers, Subject.Read.Ids, [new() { Sources = [14], CutsTaps = true }]);
        var found = await explorer.Api.CutAsync(Mamba, new() { Text = Words, Taps = true, Cuts = [new() { Source = 14 }] });
        Assert.Equal(effect.ProbabilityAfter, found.After.Single(answer => answer.Index == effect.Target).Probability, 1e-6);
        Assert.NotEqual(
            effect.ProbabilityAfter,
            KnockoutEffect
                .Of<float>(explorer.Mamba.Model, explorer.Mamba.Workers, Subject.Read.Ids, [new() { Sources = [14] }])
                .ProbabilityAfter);
    }

    [Fact]
    public async Task A_text_goes_on_as_the_model_goes_on()
    {
        var generation = explorer.Mamba.Begin<float>();
        generation.Read(Subject.Read.Ids);
        var expected = generation.Generate(8).Select(token => token.Id).ToArray();
        var found = await explorer.Api.ContinueAsync(Mamba, new() { Text = Words, Count = 8 });
        Assert.Equal([.. Subject.Read.Ids, .. expected], found.Ids);
        Assert.Equal(8, found.Added.Count);
        Assert.StartsWith(Words, found.Text, StringComparison.Ordinal);
    }
}
