using Mambascope.Cli.Verbs;

namespace Mambascope.Cli;

/// <summary>The verbs of the tool, in the order of its help.</summary>
internal static class VerbList
{
    /// <summary>Each by its name; made only when it is asked for.</summary>
    internal static readonly (string Name, Func<Verb> Make)[] All =
    [
        ("info", () => new InfoVerb()),
        ("run", () => new RunVerb()),
        ("explain", () => new ExplainVerb()),
        ("attention", () => new AttentionVerb()),
        ("continuation", () => new ContinuationVerb()),
        ("knockout", () => new KnockoutVerb()),
        ("compare", () => new CompareVerb()),
        ("explore", () => new ExploreVerb()),
        ("train", () => new TrainVerb()),
        ("evaluate", () => new EvaluateVerb()),
        ("bench", () => new BenchVerb()),
        ("fetch", () => new FetchVerb()),
        ("completion", () => new CompletionVerb()),
    ];

    /// <summary>
    /// What a command line needs: the verb that its first word names, and nothing else, since making the options of all verbs takes as long
    /// as a small model's answer; without such a word, all. The question for the version needs none.
    /// </summary>
    internal static IEnumerable<Verb> For(string[] args)
    {
        if (args is ["--version"])
        {
            return [];
        }

        var word = Array.Find(args, each => !each.StartsWith('-'));
        var named = Array.FindIndex(All, verb => verb.Name == word);
        return named >= 0 ? [All[named].Make()] : All.Select(verb => verb.Make());
    }
}
