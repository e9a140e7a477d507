using Mambascope.Evaluation.Planted;
using Mambascope.Evaluation.TextDatasets;

namespace Mambascope.Tests.Evaluation.Texts;

/// <summary>A small data set of every kind, in a folder that is gone after the test.</summary>
internal sealed class SmallTexts : IDisposable
{
    public const string TwoPrefixes =
        """{"sentence_good": "Some dog saw this child.", "sentence_bad": "Some dog saw these child.", "two_prefix_prefix_good": "Some dog saw this", "two_prefix_prefix_bad": "Some dog saw these", "two_prefix_word": "child", "field": "morphology", "linguistics_term": "agreement", "UID": "noun_2", "simple_LM_method": true, "one_prefix_method": false, "two_prefix_method": true, "pairID": "7"}""";
    public const string OnePrefix =
        """{"sentence_good": "Ann can help herself.", "sentence_bad": "Ann can help himself.", "one_prefix_prefix": "Ann can help", "one_prefix_word_good": "herself", "one_prefix_word_bad": "himself", "field": "morphology", "linguistics_term": "anaphor", "UID": "gender", "simple_LM_method": true, "one_prefix_method": true, "two_prefix_method": false, "pairID": "0"}""";
    public const string Sentences =
        """{"sentence_good": "Who did it?", "sentence_bad": "Did who it?", "field": "syntax", "linguistics_term": "island", "UID": "order", "simple_LM_method": true, "one_prefix_method": false, "two_prefix_method": false, "pairID": "1"}""";
    public const string Film =
        """{"annotation_id": "1", "query": "good?", "classification": "POS", "query_type": null, "docids": null, "evidences": [[{"text": "fine film", "docid": "one", "start_token": 3, "end_token": 5, "start_sentence": -1, "end_sentence": -1}], [{"text": "joy", "docid": "one", "start_token": 6, "end_token": 7}]]}""";
    public const string Bore =
        """{"annotation_id": "2", "query": "good?", "classification": "NEG", "docids": ["two"], "evidences": [[{"text": "dull", "docid": "two", "start_token": 1, "end_token": 2}]]}""";

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public SmallTexts()
    {
        File("movies/docs/one", "it is a fine film .\n  joy .");
        File("movies/docs/two", "a dull film");
    }

    public ITextDataset Planted { get; } = new PlantedDataset(PlantedTasks.Find("selective-copying"), 5);

    public ITextDataset Windows
        => TextDatasetSpecification.Open(
            File("play.txt", string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i}, so much; "))),
            new() { Windows = 4, WindowLength = 30 });

    public ITextDataset Pairs => TextDatasetSpecification.Open(File("pairs.jsonl", $"{TwoPrefixes}\n{OnePrefix}\n{Sentences}\n"));

    public ITextDataset Rationales(IReadOnlyDictionary<string, string>? answers)
        => TextDatasetSpecification.Open(
            File("movies/val.jsonl", $"{Film}\n{Bore}\n"), new() { Prompt = " so {query} ", Answers = answers });

    /// <summary>One that a measure of that name can use.</summary>
    public ITextDataset For(string measure) => measure switch
    {
        "text-perturbation" or "text-faithfulness" => Windows,
        "text-rationales" => Rationales(new Dictionary<string, string>(StringComparer.Ordinal) { ["POS"] = "p", ["NEG"] = "n" }),
        "text-minimal-pairs" => Pairs,
        _ => Planted,
    };

    /// <summary>Writes a file.</summary>
    public string File(string name, string content)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
