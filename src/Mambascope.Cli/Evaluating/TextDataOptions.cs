using System.CommandLine;
using Mambascope.Evaluation.Planted;
using Mambascope.Evaluation.TextDatasets;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which texts are asked about: --data and what the kinds of data need.</summary>
internal sealed class TextDataOptions
{
    private readonly Option<string?> data = OptionKinds.Text(
        "--data", "DATA",
        $"{string.Join(" or ", PlantedTasks.All.Select(task => $"{task.Name}:COUNT"))} (planted truth, for models of bytes); FILE.txt, cut "
            + "into windows; FILE.jsonl with \"text\" a line (and \"answer\", \"contrast\", \"truth\" where known), in the format of "
            + "ERASER (docs beside it), of BLiMP or of ARC; a folder of BLiMP's files; texts with classes: SST-2's .tsv (sentence, label), "
            + "IMDb's folder with pos and neg, a .csv or .jsonl with text or review and label or sentiment");

    private readonly Option<int?> questions = OptionKinds.Whole(
        "--questions", "N", "Questions at most, spread evenly over the data [default: all]", 1);
    private readonly Option<int?> windows = OptionKinds.Whole(
        "--windows", "N", $"Windows of a text file, spread evenly [default: {WindowedText.StandardCount}]", 1);
    private readonly Option<int?> window = OptionKinds.Whole(
        "--window", "CHARACTERS", $"Length of a window of a text file [default: {WindowedText.StandardLength}]", 2);
    private readonly Option<string?> prompt = OptionKinds.Text(
        "--prompt",
        "TEXT",
        "Put behind every text of a file, such as ' Sentiment:'; {query} stands for the query of an ERASER instance [default: nothing; "
            + "' It was' for texts with classes, a line 'Answer:' for ARC]");

    private readonly Option<string?> answers = OptionKinds.Text(
        "--answers",
        "CLASS=TEXT,...",
        "For data with classes: what answers each, such as 'POS= positive,NEG= negative' (ERASER's: one token each). A language model has "
            + "no classes; without this, ERASER's explain the token that the model holds most likely, whatever it is, and sentiment has "
            + "'negative= terrible,positive= great'");

    private readonly Option<int?> words = OptionKinds.Whole(
        "--words", "N", "Words of an ERASER document or of a text with a class that are read, from its beginning [default: all]", 1);
    private readonly Option<string?> begin = OptionKinds.Text(
        "--begin",
        "TOKEN",
        "Token put before every sentence of a minimal pair, such as '<|endoftext|>', so that its first word is judged too");

    /// <summary>The options, in the order of help texts.</summary>
    internal IReadOnlyList<Option> All => [data, questions, windows, window, prompt, answers, words, begin];

    /// <summary>Opens the data set.</summary>
    internal ITextDataset Open(Session session)
    {
        var arguments = session.Arguments;
        var word = arguments.GetValue(data)
            ?? throw new UsageException($"--data is missing; expected one of {TextDatasetSpecification.Known}");
        return TextDatasetSpecification.Open(
            word,
            new()
            {
                Questions = arguments.GetValue(questions),
                Windows = arguments.GetValue(windows),
                WindowLength = arguments.GetValue(window) ?? WindowedText.StandardLength,
                Prompt = arguments.GetValue(prompt),
                Answers = arguments.GetValue(answers) is { } list ? Answers(list) : null,
                Words = arguments.GetValue(words),
                Begin = arguments.GetValue(begin),
            });
    }

    private static Dictionary<string, string> Answers(string list)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in list.Split(','))
        {
            var at = entry.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || at == entry.Length - 1 || !read.TryAdd(entry[..at], entry[(at + 1)..]))
            {
                throw new UsageException(
                    $"--answers {list}: expected CLASS=TEXT for every class once, with commas between them, for example 'POS= "
                        + "positive,NEG= negative'");
            }
        }

        return read;
    }
}
