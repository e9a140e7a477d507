using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Application;

/// <summary>A text without some of its edges, and its parts.</summary>
public sealed class EdgeTrialTests
{
    private const string Words = "To be, or not to b";

    [Theory]
    [InlineData("demo-mamba")]
    [InlineData("demo-neox")]
    public void Edges_of_several_layers_are_cut_at_once(string name)
    {
        using var model = TextModel.Open(name, threads: 1);
        var text = new TextInput(Words, Ids: null, File: null).Read(model);
        Knockout[] cuts = [new() { Sources = [3], Targets = [12], Layers = [1] }, new() { Sources = [4, 5] }];
        var trial = EdgeTrial.Run<float>(model, text, cuts, position: 12);
        var effect = KnockoutEffect.Of<float>(model.Model, model.Workers, text.Read.Ids, cuts, position: 12);
        Assert.Equal(effect.ScoreBefore, trial.Before[effect.Target].Score, 1e-4);
        Assert.Equal(effect.ScoreAfter, trial.After[effect.Target].Score, 1e-4);
        Assert.NotEqual(trial.Before[effect.Target].Score, trial.After[effect.Target].Score);
        Assert.Equal(trial.Before, EdgeTrial.Run<float>(model, text, [], position: 12).After);
    }

    [Fact]
    public void A_position_behind_the_text_is_refused()
    {
        using var model = TextModel.Open("demo-mamba", threads: 1);
        var text = new TextInput(Words, Ids: null, File: null).Read(model);
        Assert.Throws<BadInputException>(() => EdgeTrial.Run<float>(model, text, [], position: 18));
    }

    [Fact]
    public void A_text_is_cut_into_words_sentences_or_equal_parts()
    {
        using var model = TextModel.Open("demo-mamba", threads: 1);
        var text = ReadText.Of(model, "To be. Or not");
        Assert.Equal(["To", " be.", " Or", " not"], TextPieces.By("word", text)!.Select(piece => piece.Text));
        Assert.Equal(["To be.", " Or not"], TextPieces.By("Sentence", text)!.Select(piece => piece.Text));
        Assert.Equal(4, TextPieces.By("4", text)!.Count);
        Assert.Null(TextPieces.By("verse", text));
    }

    [Fact]
    public void Tensors_go_to_a_stream_as_they_go_to_a_file()
    {
        var path = Path.GetTempFileName();
        try
        {
            var writer = new SafetensorsWriter().Add("a", [2], new float[] { 1, 2 }).AddMetadata("about", "it");
            writer.Save(path);
            using var stream = new MemoryStream();
            writer.Write(stream);
            Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
