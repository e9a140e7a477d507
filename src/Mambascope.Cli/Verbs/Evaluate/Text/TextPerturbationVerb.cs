using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>The answer while tokens are put back and taken away in the order of a map.</summary>
internal sealed class TextPerturbationVerb : MeasureVerb
{
    private readonly Option<string?> substitute = RemovalOption.Create(TokenRemoval.ZeroName, mayDrop: false);

    internal TextPerturbationVerb()
        : base(
            "perturbation",
            "Activation and pruning: the answer while tokens are put back and taken away in the order of a map (AUAC, AU-MSE)",
            new TextInput(ModelOptions.StandardLanguageModel)) => Add(substitute);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate text perturbation --data book.txt --model A --model B --out table",
            "windows of a text; why each model says what it says"),
        (
            "mambascope evaluate text perturbation --data arc.jsonl --substitute '<|endoftext|>' --model mamba-1.4b-hf --out arc --resume",
            "questions with answers, a token in place of those taken away"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Steps of 10 % of the tokens, rounded up. AUAC: probability of the explained token while tokens return to the emptied text, "
            + "most relevant\n"
            + "first. AU-MSE: squared change of all logits of the vocabulary while those of least |relevance| go. The asked token and a "
            + "prompt stay.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new TextPerturbationMeasure(RemovalOption.Read(session, substitute, TokenRemoval.Zero, mayDrop: false));
}
