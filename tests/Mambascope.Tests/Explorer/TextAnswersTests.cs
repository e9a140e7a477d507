using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>What the page is told about a text is what the library says.</summary>
public sealed class TextAnswersTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Words = "To be, or not to b";
    private const string Mamba = "/api/models/demo-mamba/text/";

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
        var found = await explorer.Json(
            Mamba + "explanation", new { text = Words, target = "e", against = "u", methods = new[] { "input-x-gradient" } });
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
        var byText = await explorer.Json(Mamba + "explanation", new { text = "né b", methods = new[] { "raw" } });
        var ids = byText["tokens"]!.AsArray().Select(token => (int)token!["id"]!).ToArray();
        var byIds = await explorer.Json(Mamba + "explanation", new { ids, methods = new[] { "raw" } });
        Assert.Equal(byText["maps"]!.ToJsonString(), byIds["maps"]!.ToJsonString());
        Assert.Equal(["n", "é", " ", "b"], byText["pieces"]!.AsArray().Select(piece => (string)piece!["text"]!));
    }

    [Fact]
    public async Task A_matrix_is_of_tokens_or_of_words()
    {
        var tokens = await explorer.Numbers(Mamba + "attention", new { text = Words, layer = 3 });
        Assert.Equal(Attending.Show<float>(explorer.Mamba, Subject, new() { Layer = 3 }).Matrix.Values, tokens.Tensors["matrix"]);
        var words = await explorer.Numbers(Mamba + "attention", new { text = Words, layer = 3, blocks = "word" });
        Assert.Equal(6, words.About["blocks"]!.AsArray().Count);
        Assert.Equal(36, words.Tensors["matrix"].Length);
        var strip = await explorer.Numbers(Mamba + "layers", new { text = Words });
        Assert.Equal(6, strip.About["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_cut_edge_has_the_effect_that_the_library_measures()
    {
        var effect = KnockoutEffect.Of<float>(
            explorer.Mamba.Model, explorer.Mamba.Workers, Subject.Read.Ids,
            [new() { Sources = [3], Targets = [17], Layers = [2] }, new() { Sources = [4] }]);
        var found = await explorer.Json(
            Mamba + "cut",
            new { text = Words, cuts = new object[] { new { source = 3, output = 17, layers = new[] { 2 } }, new { source = 4 } } });
        var after = found["after"]!.AsArray().Single(answer => (int)answer!["index"]! == effect.Target)!;
        var before = found["before"]!.AsArray().Single(answer => (int)answer!["index"]! == effect.Target)!;
        Assert.Equal(effect.ProbabilityBefore, (double)before["probability"]!, 1e-6);
        Assert.Equal(effect.ProbabilityAfter, (double)after["probability"]!, 1e-6);
        Assert.NotEqual(effect.ProbabilityBefore, effect.ProbabilityAfter);
    }

    [Fact]
    public async Task Convolutions_are_cut_where_that_is_asked_for()
    {
        var effect = KnockoutEffect.Of<float>(
            explorer.Mamba.Model, explorer.Mamba.Workers, Subject.Read.Ids, [new() { Sources = [14], CutsTaps = true }]);
        var found = await explorer.Json(Mamba + "cut", new { text = Words, taps = true, cuts = new object[] { new { source = 14 } } });
        var after = found["after"]!.AsArray().Single(answer => (int)answer!["index"]! == effect.Target)!;
        Assert.Equal(effect.ProbabilityAfter, (double)after["probability"]!, 1e-6);
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
        var found = await explorer.Json(Mamba + "continuation", new { text = Words, count = 8 });
        Assert.Equal([.. Subject.Read.Ids, .. expected], found["ids"]!.AsArray().Select(id => (int)id!));
        Assert.Equal(8, found["added"]!.AsArray().Count);
        Assert.StartsWith(Words, (string)found["text"]!, StringComparison.Ordinal);
    }
}
