using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Evaluation.Texts;
using Xunit;

namespace Mambascope.Tests.Evaluation.TextDatasets;

/// <summary>Questions of every kind of data in bytes, looked at by eye; and files that are not what they should be.</summary>
public sealed class TextDatasetTests : IDisposable
{
    private static readonly TokenReader reader = new("bytes", new ByteTokenizer());
    private readonly SmallTexts texts = new();

    public void Dispose() => texts.Dispose();

    [Fact]
    public void Planted_texts_end_at_their_question()
    {
        var data = TextDatasetSpecification.Open("induction:9");
        Assert.Equal("induction:9", data.Name);
        var question = data.Read(5, reader);
        Assert.Equal(question.Tokens[question.Truth![0]], question.Answer); // the letter that followed the capital
        Assert.Equal(question.Tokens[question.Truth[0] - 1], question.Tokens[question.Asked]); // the capital itself
        Assert.Equal(question.Asked, question.Places.Count);
        Assert.NotEqual(question.Tokens, TextDatasetSpecification.Open("induction:9:1").Read(5, reader).Tokens);
    }

    [Fact]
    public void Windows_are_spread_over_the_text_and_ask_for_what_follows()
    {
        var path = texts.File("letters.txt", string.Concat(Enumerable.Range(0, 101).Select(i => (char)('a' + (i % 26)))));
        var data = TextDatasetSpecification.Open(path, new() { Windows = 4, WindowLength = 10 });
        Assert.Equal($"{path} (4 windows of 10 characters)", data.Name);
        var question = data.Read(1, reader);
        Assert.Equal("25", question.Id);
        Assert.Equal("zabcdefghi", Text(question.Tokens));
        Assert.Equal('j', question.Answer);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], question.Places);
        Assert.Equal((ExplainedClass.Predicted, true, false), (data.Explained, data.HasAnswers, data.HasTruth));
        Assert.Equal(10, TextDatasetSpecification.Open(path, new() { WindowLength = 10 }).Count);
    }

    [Fact]
    public void Windows_do_not_cut_characters_in_two()
    {
        var path = texts.File("emoji.txt", string.Concat(Enumerable.Repeat("😀", 40)) + "end");
        var data = TextDatasetSpecification.Open(path, new() { Windows = 5, WindowLength = 7 });
        for (var i = 0; i < data.Count; i++)
        {
            var question = data.Read(i, reader);
            Assert.DoesNotContain('\uFFFD', reader.Tokenizer!.Decode(question.Tokens));
            Assert.Equal(0xF0, question.Answer);
        }
    }

    [Fact]
    public void Texts_with_answers_truth_and_columns()
    {
        var path = texts.File("a.jsonl", """
            {"text": "one two", "answer": "x", "contrast": "z", "truth": [[4, 6]], "id": 12, "site": "north", "age": 7}

            {"text": "three", "answer": "y", "truth": null}
            """);
        var data = TextDatasetSpecification.Open(path, new() { Prompt = " =" });
        Assert.Equal((2, true, true, ExplainedClass.True), (data.Count, data.HasAnswers, data.HasTruth, data.Explained));
        var question = data.Read(0, reader);
        Assert.Equal("one two =", Text(question.Tokens));
        Assert.Equal(("12", 'x', 'z'), (question.Id, question.Answer, question.Contrast));
        Assert.Equal([4, 5], question.Truth);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], question.Places); // the prompt takes no part
        Assert.Equal(("north", "7"), (question.Columns["site"], question.Columns["age"]));
        Assert.Null(data.Read(1, reader).Truth);
        Assert.Equal(1, TextDatasetSpecification.Open(path, new() { Questions = 1 }).Count);
    }

    [Fact]
    public void Rationales_are_the_words_between_white_space()
    {
        var data = texts.Rationales(new Dictionary<string, string>(StringComparer.Ordinal) { ["POS"] = "p", ["NEG"] = "n" });
        var question = data.Read(0, reader);
        Assert.Equal("it is a fine film .\n  joy . so good? ", Text(question.Tokens));
        Assert.Equal("fine" + "film" + "joy", Text([.. question.Truth!.Select(t => question.Tokens[t])]));
        Assert.Equal("it is a fine film .\n  joy .".Length, question.Places.Count);
        Assert.Equal((int)'p', question.Answer);
        Assert.Equal([(int)'n', 'p'], question.Choices);
        Assert.Equal("POS", question.Columns["classification"]);
        Assert.Equal("dull", Text([.. data.Read(1, reader).Truth!.Select(t => data.Read(1, reader).Tokens[t])]));
    }

    [Fact]
    public void Long_documents_are_cut_after_words_and_lose_what_is_marked_behind()
    {
        var path = texts.File("movies/cut.jsonl", $"{SmallTexts.Film}\n{SmallTexts.Bore}\n");
        var data = TextDatasetSpecification.Open(path, new() { Words = 4 });
        Assert.Equal("it is a fine", Text(data.Read(0, reader).Tokens));
        Assert.Equal([8, 9, 10], data.Read(0, reader).Truth!); // the last character is the asked token and takes no part
        Assert.Equal(1, TextDatasetSpecification.Open(path, new() { Words = 2 }).Count); // nothing of the first is left
        Assert.Throws<BadInputException>(() => TextDatasetSpecification.Open(path, new() { Words = 1 }));
    }

    [Fact]
    public void Documents_in_one_file_and_several_of_them()
    {
        texts.File("snli/docs.jsonl", """
            {"docid": "p", "document": "a man runs"}
            {"docid": "h", "document": "he sleeps"}
            """);
        var path = texts.File(
            "snli/val.jsonl",
            """{"annotation_id": "x", "query": "q", "classification": "no", "docids": ["p", "h"], "evidences": [[{"docid": "p", "start_token": 2, "end_token": 3}, {"docid": "h", "start_token": 0, "end_token": 1}]]}""");
        var question = TextDatasetSpecification.Open(path).Read(0, reader);
        Assert.Equal("a man runs\nhe sleeps", Text(question.Tokens));
        Assert.Equal("runs" + "he", Text([.. question.Truth!.Select(t => question.Tokens[t])]));
    }

    [Fact]
    public void A_pair_of_two_prefixes_asks_for_the_word_and_knows_why()
    {
        var question = texts.Pairs.Read(0, reader);
        Assert.Equal("Some dog saw this ", Text(question.Tokens)); // the space is a token of its own for bytes
        Assert.Equal((int)'c', question.Answer);
        Assert.Equal("this", Text([.. question.Truth!.Select(t => question.Tokens[t])]));
        Assert.Equal("Some dog saw this".Length, question.Places.Count);
        Assert.Null(question.Contrast);
        Assert.Equal(("Some dog saw this child", 18), (Text(question.Pair!.GoodWord!.Tokens), question.Pair.GoodWord.From));
        Assert.Equal(("Some dog saw these child", 19), (Text(question.Pair.BadWord!.Tokens), question.Pair.BadWord.From));
        Assert.Equal(("Some dog saw this child.", 1), (Text(question.Pair.Good.Tokens), question.Pair.Good.From));
        Assert.Equal(
            ["noun_2", "morphology", "agreement"],
            [question.Columns["UID"], question.Columns["field"], question.Columns["linguistics_term"]]);
        Assert.Equal("noun_2:7", question.Id);
    }

    [Fact]
    public void Other_pairs_ask_where_they_begin_to_differ()
    {
        var question = texts.Pairs.Read(1, reader);
        Assert.Equal("Ann can help h", Text(question.Tokens)); // 'herself' and 'himself' share their first byte
        Assert.Equal(('e', 'i'), ((char)question.Answer!, (char)question.Contrast!));
        Assert.Null(question.Truth);
        Assert.Equal(("Ann can help herself", 13), (Text(question.Pair!.GoodWord!.Tokens), question.Pair.GoodWord.From));
        var nothing = texts.Pairs.Read(2, reader);
        Assert.Equal((1, 0), (nothing.Tokens.Length, nothing.Places.Count));
        Assert.Null(nothing.Pair!.GoodWord);

        var begun = TextDatasetSpecification.Open(
            texts.File("begun.jsonl", SmallTexts.TwoPrefixes + "\n" + SmallTexts.Sentences), new() { Begin = "\n" });
        var word = begun.Read(0, reader);
        Assert.Equal("\nSome dog saw this ", Text(word.Tokens));
        Assert.Equal("this", Text([.. word.Truth!.Select(t => word.Tokens[t])]));
        Assert.DoesNotContain(0, word.Places);
        var first = begun.Read(1, reader);
        Assert.Equal(("\n", 'W', 'D'), (Text(first.Tokens), (char)first.Answer!, (char)first.Contrast!));
        Assert.Equal(("\nWho did it?", 1), (Text(first.Pair!.Good.Tokens), first.Pair.Good.From));
    }

    [Theory]
    [InlineData("a b c", "a x c", "b")]
    [InlineData("the old dogs", "the dogs", "old")]
    [InlineData("the dogs", "the old dogs", "")]
    [InlineData("a a a", "a a", "a")]
    [InlineData("x y", "x y", "")]
    public void Words_that_differ(string first, string second, string expected)
        => Assert.Equal(expected, string.Join(' ', MinimalPairs.Difference(first, second).Select(range => first[range.Start..range.End])));

    [Fact]
    public void A_folder_of_pairs_is_read_in_order_of_names()
    {
        texts.File("blimp/b.jsonl", SmallTexts.OnePrefix);
        var folder = Path.GetDirectoryName(texts.File("blimp/a.jsonl", SmallTexts.TwoPrefixes))!;
        var data = TextDatasetSpecification.Open(folder);
        Assert.Equal(["noun_2:7", "gender:0"], [data.Read(0, reader).Id, data.Read(1, reader).Id]);
    }

    [Theory]
    [InlineData("planted:3", "selective-copying:200")]
    [InlineData("induction", "induction:COUNT")]
    [InlineData("induction:0", "induction:COUNT")]
    [InlineData("induction:99999999999", "induction:COUNT")]
    [InlineData("induction:3:x", "induction:COUNT")]
    [InlineData("nothing.txt", "nothing.txt")]
    public void Names_of_nothing(string word, string said)
        => Assert.Contains(said, Refused(() => TextDatasetSpecification.Open(word)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"text": "a", """, "line 1", "not JSON")]
    [InlineData("""["text"]""", "line 1", "an object")]
    [InlineData("""{"words": "a"}""", "\"text\"")]
    [InlineData("""{"text": 3}""", "text is 3")]
    [InlineData("""{"text": ""}""", "empty")]
    [InlineData("""{"text": "\ud800"}""", "Unicode")]
    [InlineData("""{"text": "abc", "truth": [[2, 9]]}""", "truth", "9")]
    [InlineData("""{"text": "abc", "truth": [[2, 2]]}""", "start before end")]
    [InlineData("""{"text": "abc", "truth": 5}""", "truth", "a list")]
    [InlineData("""{"sentence_good": "a b"}""", "sentence_bad is missing")]
    [InlineData("""{"sentence_good": "a b", "sentence_bad": "  "}""", "words")]
    [InlineData("""{"sentence_good": "a b", "sentence_bad": "a c", "two_prefix_method": true}""", "two_prefix_prefix_good is missing")]
    [InlineData("""{"sentence_good": "a b", "sentence_bad": "a c", "one_prefix_method": "yes"}""", "true or false")]
    [InlineData("""{"evidences": [], "classification": "x", "annotation_id": "1"}""", "none of 1 instances")]
    [InlineData("""{"evidences": {}, "classification": "x"}""", "a list")]
    [InlineData(
        """{"evidences": [[{"docid": "../secret", "start_token": 0, "end_token": 1}]], "classification": "x"}""", "not the name of a file")]
    [InlineData(
        """{"evidences": [[{"docid": "/etc/passwd", "start_token": 0, "end_token": 1}]], "classification": "x"}""",
        "not the name of a file")]
    [InlineData(
        """{"evidences": [[{"docid": "missing", "start_token": 0, "end_token": 1}]], "classification": "x"}""", "missing", "not found")]
    [InlineData(
        """{"evidences": [[{"docid": "one", "start_token": 0, "end_token": 2000000000}]], "classification": "x", "annotation_id": "1"}""",
        "2000000000",
        "8 words")]
    [InlineData(
        """{"evidences": [[{"docid": "one", "start_token": 3, "end_token": 3}]], "classification": "x", "annotation_id": "1"}""",
        "start_token before end_token")]
    [InlineData(
        """{"evidences": [[{"docid": "one", "start_token": -1, "end_token": 3}]], "classification": "x", "annotation_id": "1"}""", "-1")]
    [InlineData(
        """{"evidences": [[{"docid": "one", "start_token": 0, "end_token": 3}]], "docids": ["two"], "classification": "x", "annotation_id": "1"}""",
        "docids")]
    public void Lines_that_are_not_what_they_should_be(string line, params string[] said)
    {
        var message = Refused(() => TextDatasetSpecification.Open(texts.File("movies/bad.jsonl", line)));
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_too_short_empty_or_cut()
    {
        Assert.Contains("windows", Refused(() => TextDatasetSpecification.Open(texts.File("short.txt", "abc"))), StringComparison.Ordinal);
        Assert.Contains(
            "windows",
            Refused(() =>
                TextDatasetSpecification.Open(texts.File("short.txt", new string('a', 100)), new() { Windows = 11, WindowLength = 10 })),
            StringComparison.Ordinal);
        Assert.Contains("empty", Refused(() => TextDatasetSpecification.Open(texts.File("empty.jsonl", "\n"))), StringComparison.Ordinal);
        Assert.Contains(
            "none",
            Refused(() => TextDatasetSpecification.Open(Path.GetDirectoryName(texts.File("none/x.txt", ""))!)),
            StringComparison.Ordinal);
        Assert.Contains("two tokens", Refused(() => Read("""{"text": "a b", "answer": "two tokens"}""")), StringComparison.Ordinal);
        Assert.Contains(
            "same answer",
            Refused(() =>
                texts.Rationales(new Dictionary<string, string>(StringComparer.Ordinal) { ["POS"] = "p", ["NEG"] = "p" }).Read(0, reader)),
            StringComparison.Ordinal);
        Assert.Contains(
            "NEG",
            Refused(() => texts.Rationales(new Dictionary<string, string>(StringComparer.Ordinal) { ["POS"] = "p" })),
            StringComparison.Ordinal);

        TextQuestion Read(string line) => TextDatasetSpecification.Open(texts.File("a.jsonl", line)).Read(0, reader);
    }

    /// <summary>Files cut off or changed anywhere give questions or one line, and nothing else.</summary>
    [Fact]
    public void Damage_anywhere_is_one_line()
    {
        var random = new Random(11);
        foreach (
            var whole in new[]
            {
                SmallTexts.TwoPrefixes,
                SmallTexts.OnePrefix,
                SmallTexts.Film,
                """{"text": "one two", "answer": "x", "truth": [[4, 6]]}""",
            })
        {
            for (var trial = 0; trial < 400; trial++)
            {
                var damaged = whole.ToCharArray();
                var at = random.Next(whole.Length);
                damaged[at] = trial % 2 == 0 ? (char)random.Next(1, 128) : "{}[]\",:0-"[random.Next(9)];
                var text = trial % 5 == 0 ? whole[..at] : new string(damaged);
                try
                {
                    var data = TextDatasetSpecification.Open(texts.File("movies/damaged.jsonl", text), new() { Prompt = "." });
                    for (var i = 0; i < data.Count; i++)
                    {
                        var question = data.Read(i, reader);
                        Assert.All(question.Truth ?? [], place => Assert.Contains(place, question.Places));
                    }
                }
                catch (BadInputException error)
                {
                    Assert.DoesNotContain('\n', error.Message);
                }
            }
        }
    }

    private static string Text(int[] tokens) => System.Text.Encoding.Latin1.GetString([.. tokens.Select(token => (byte)token)]);

    private static string Refused(Action action)
    {
        var message = Assert.ThrowsAny<BadInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
