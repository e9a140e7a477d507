namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Measures explanations of text; each measure is a verb of its own below this one.</summary>
internal sealed class TextVerb : Verb
{
    internal TextVerb()
        : base(
            "text", "Measures explanations of text: how well maps say which tokens matter, for one language model or several side by side")
    {
        foreach (
            var verb in (Verb[])
                [
                    new PlantedVerb(), new TextPerturbationVerb(), new TextFaithfulnessVerb(), new RationalesVerb(), new MinimalPairsVerb(),
                    new MixersVerb(),
                ])
        {
            Add(verb);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate text planted --data selective-copying:200 --model planted-mamba --model planted-neox",
            "the tokens that matter are known: does the map find them?"),
        (
            "mambascope evaluate text perturbation --data book.txt --model demo-mamba --model demo-neox --out table",
            "does the answer go where the map says it should?"),
        (
            "mambascope evaluate text minimal-pairs --data determiner_noun_agreement_2.jsonl --model A",
            "does the model prefer the right sentence, and does the map find the word that decides?"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
        => throw new UsageException(
            $"evaluate text by what? One of {string.Join(", ", Subcommands.Select(verb => verb.Name))}; see mambascope evaluate text "
                + "--help");
}
