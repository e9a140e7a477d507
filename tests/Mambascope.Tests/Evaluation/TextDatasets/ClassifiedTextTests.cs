using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Evaluation.Texts;
using Xunit;

namespace Mambascope.Tests.Evaluation.TextDatasets;

/// <summary>Texts with classes in the formats in which SST-2 and IMDb are published, looked at in bytes; and files that are not.</summary>
public sealed class ClassifiedTextTests : IDisposable
{
    private static readonly TokenReader reader = new("bytes", new ByteTokenizer());
    private readonly SmallTexts texts = new();

    public void Dispose() => texts.Dispose();

    [Fact]
    public void Sst2_as_GLUE_has_it()
    {
        var path = texts.File(
            "dev.tsv", "sentence\tlabel\nit 's a \"charming\" journey . \t1\r\nunflinchingly bleak and desperate \t0\n");
        var data = TextDatasetSpecification.Open(path);
        Assert.Equal($"{path}, prompt ' It was', answers negative=' terrible', positive=' great'", data.Name);
        Assert.Equal((2, true, false, ExplainedClass.True), (data.Count, data.HasAnswers, data.HasTruth, data.Explained));
        var question = data.Read(0, reader);
        Assert.Equal("it 's a \"charming\" journey . It was", Text(question.Tokens));
        Assert.Equal(Enumerable.Range(0, "it 's a \"charming\" journey .".Length), question.Places);
        Assert.Equal([" terrible", " great"], question.Classes!.Select(Text));
        Assert.Equal((1, ' ', "positive"), (question.Class, (char)question.Answer!.Value, question.Columns["class"]));
        Assert.Equal("negative", data.Read(1, reader).Columns["class"]);
    }

    [Fact]
    public void Imdb_as_folders()
    {
        texts.File("test/pos/0_10.txt", "a fine film<br />with joy");
        texts.File("test/pos/10_9.txt", "great");
        texts.File("test/neg/1_2.txt", "a dull film");
        texts.File("test/neg/.hidden.txt", "no");
        texts.File("test/urls_pos.txt", "no");
        var data = TextDatasetSpecification.Open(
            Path.GetDirectoryName(Path.GetDirectoryName(texts.File("test/x/y", "")))!, new() { Words = 2 });
        Assert.Equal(["neg/1_2", "pos/0_10", "pos/10_9"], Enumerable.Range(0, 3).Select(i => data.Read(i, reader).Id));
        Assert.Equal("a fine It was", Text(data.Read(1, reader).Tokens));
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(i => data.Read(i, reader).Class!.Value));
        Assert.EndsWith("first 2 words", data.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "review,sentiment\n\"one, two\nthree\",positive\nfour,negative\n", "one, two\nthree It was")]
    [InlineData("a.csv", "text,label\nfive,1\nsix,0\n", "five It was")]
    [InlineData(
        "a.jsonl", "{\"sentence\": \"seven\", \"label\": 1, \"idx\": 3}\n{\"sentence\": \"eight\", \"label\": 0}\n", "seven It was")]
    [InlineData(
        "a.jsonl", "{\"review\": \"nine\", \"sentiment\": \"pos\"}\n{\"review\": \"ten\", \"sentiment\": \"neg\"}\n", "nine It was")]
    public void Tables_and_lines(string name, string content, string expected)
    {
        var data = TextDatasetSpecification.Open(texts.File(name, content));
        Assert.Equal(expected, Text(data.Read(0, reader).Tokens));
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(i => data.Read(i, reader).Class!.Value));
    }

    [Fact]
    public void Other_classes_have_words_of_the_user()
    {
        var path = texts.File("emotion.csv", "text,label\nno,anger\nyes,joy\noh,fear\n");
        var options = new TextDatasetOptions
        {
            Answers = new Dictionary<string, string> { ["joy"] = " happy", ["anger"] = " angry", ["fear"] = " afraid" },
            Prompt = " I am",
        };
        var question = TextDatasetSpecification.Open(path, options).Read(1, reader);
        Assert.Equal([" angry", " afraid", " happy"], question.Classes!.Select(Text));
        Assert.Equal(2, question.Class);
        Assert.Contains(
            "--answers", Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(path)).Message, StringComparison.Ordinal);

        // Lines with "text" and a label are classes where answers are given, and columns where they are not, as before.
        var lines = texts.File("lines.jsonl", "{\"text\": \"no\", \"label\": \"anger\"}\n");
        Assert.Null(TextDatasetSpecification.Open(lines).Read(0, reader).Classes);
        Assert.Equal(3, TextDatasetSpecification.Open(lines, options).Read(0, reader).Classes!.Count);
    }

    [Theory]
    [InlineData("a.tsv", "", "header")]
    [InlineData("a.tsv", "index\tsentence\n0\tno label here\n", "dev.tsv")]
    [InlineData("a.tsv", "words\tlabel\n0\t1\n", "sentence, text or review")]
    [InlineData("a.tsv", "sentence\tlabel\na\t1\nb\n", "row 3")]
    [InlineData("a.tsv", "sentence\tlabel\na\t2\n", "--answers")]
    [InlineData("a.tsv", "sentence\tlabel\na\t-1\n", "--answers")]
    [InlineData("a.csv", "text,label\n\"a,1\n", "quote")]
    [InlineData("a.jsonl", "{\"sentence\": \"a\", \"label\": 1}\n{\"sentence\": \"b\"}\n", "label, sentiment or class")]
    [InlineData("a.jsonl", "{\"sentence\": \"a\", \"label\": 1}\n{\"label\": 1}\n", "sentence, text or review")]
    [InlineData("a.jsonl", "{\"sentence\": 4, \"label\": 1}\n", "expected text")]
    [InlineData("a.jsonl", "{\"sentence\": \"a\", \"label\": [1]}\n", "class as text or number")]
    public void Files_that_are_not_so(string name, string content, string words)
    {
        var path = texts.File(name, content);
        var error = Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(path));
        Assert.Contains(words, TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_without_words_and_answers_that_are_one()
    {
        var path = texts.File("a.tsv", "sentence\tlabel\n \t1\nb\t0\n");
        Assert.Contains(
            "empty", Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(path).Read(0, reader)).Message,
            StringComparison.Ordinal);
        var same = new TextDatasetOptions { Answers = new Dictionary<string, string> { ["0"] = " x", ["1"] = " x" } };
        Assert.Contains(
            "same answer", Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(path, same).Read(1, reader)).Message,
            StringComparison.Ordinal);
        texts.File("empty/pos/a.txt", "x");
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(texts.File("empty/neg/readme", "")))!;
        Assert.Contains(
            "expected .txt files",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(folder))),
            StringComparison.Ordinal);
    }

    private static string Text(IEnumerable<int> tokens) => reader.Tokenizer!.Decode([.. tokens]);
}
