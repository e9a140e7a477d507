using Mambascope.Evaluation.TextDatasets;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Evaluation.Texts;
using Xunit;

namespace Mambascope.Tests.Evaluation.TextDatasets;

/// <summary>ARC's questions as AI2 and the Hugging Face hub publish them, looked at in bytes; and lines that are not.</summary>
public sealed class MultipleChoiceTests : IDisposable
{
    private const string OfAi2 =
        """{"id":"Mercury_1","question":{"stem":"Which is hot?","choices":[{"text":"ice","label":"A"},{"text":"the sun","label":"B"},{"text":"the sea","label":"C"}]},"answerKey":"B"}""";
    private const string OfTheHub =
        """{"id": "Mercury_2", "question": "Which is wet?", "choices": {"text": ["the sea", "fire"], "label": ["1", "2"]}, "answerKey": "1"}""";
    private static readonly TokenReader reader = new("bytes", new ByteTokenizer());
    private readonly SmallTexts texts = new();

    public void Dispose() => texts.Dispose();

    [Fact]
    public void Questions_in_both_layouts()
    {
        var path = texts.File("ARC-Easy-Test.jsonl", $"{OfAi2}\n{OfTheHub}\n");
        var data = TextDatasetSpecification.Open(path);
        Assert.Equal((path, 2, true), (data.Name, data.Count, data.HasAnswers));
        var (one, two) = (data.Read(0, reader), data.Read(1, reader));
        Assert.Equal("Question: Which is hot?\nAnswer:", Text(one.Tokens));
        Assert.Equal("Which is hot?", Text(one.Places.Select(place => one.Tokens[place])));
        Assert.Equal([" ice", " the sun", " the sea"], one.Classes!.Select(Text));
        Assert.Equal((1, "Mercury_1", "B", ' '), (one.Class, one.Id, one.Columns["key"], (char)one.Answer!.Value));
        Assert.Equal([" the sea", " fire"], two.Classes!.Select(Text));
        Assert.Equal(0, two.Class);
        Assert.EndsWith(
            " = ", Text(TextDatasetSpecification.Open(path, new() { Prompt = " = " }).Read(1, reader).Tokens), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"answerKey\":\"B\"", "\"answerKey\":\"E\"", "expected one of A, B, C")]
    [InlineData("\"label\":\"C\"", "\"label\":\"A\"", "answerKey is B")]
    [InlineData("\"stem\":\"Which is hot?\"", "\"stem\":\" \"", "none of them empty")]
    [InlineData("\"text\":\"ice\"", "\"text\":\"\"", "none of them empty")]
    [InlineData("\"text\":\"ice\"", "\"text\":7", "expected text")]
    [InlineData("\"choices\":[", "\"others\":[", "choices is missing")]
    [InlineData("\"stem\"", "\"stam\"", "stem is missing")]
    [InlineData(",{\"text\":\"the sun\",\"label\":\"B\"},{\"text\":\"the sea\",\"label\":\"C\"}", "", "2 to 26 answers")]
    public void Lines_that_are_no_questions(string old, string now, string words)
    {
        Assert.Contains(old, OfAi2, StringComparison.Ordinal);
        var path = texts.File("a.jsonl", OfAi2.Replace(old, now, StringComparison.Ordinal) + "\n");
        var error = Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(path));
        Assert.Contains(words, TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    private static string Text(IEnumerable<int> tokens) => reader.Tokenizer!.Decode([.. tokens]);
}
