namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Measures explanations of text; each test is a verb of its own below this one.</summary>
internal sealed class TextVerb : Verb
{
    internal TextVerb() : base("text", "Measures explanations of text: how well maps say which tokens matter, for one language model or several side by side")
    {
        foreach (var test in (Verb[])[new PlantedVerb()])
        {
            Add(test);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate text planted --data selective-copying:200 --model A --model B", "the tokens that matter are known: does the map find them?"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
        => throw new UsageException($"evaluate text by what? One of {string.Join(", ", Subcommands.Select(test => test.Name))}; see mambascope evaluate text --help");
}
