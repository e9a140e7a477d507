using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Pairs of a right and a wrong sentence.</summary>
internal sealed class MinimalPairsVerb()
    : MeasureVerb(
        "minimal-pairs",
        "Pairs of a right and a wrong sentence (BLiMP): which one the model prefers, and whether the map finds the word that decides",
        new TextInput(ModelOptions.StandardLanguageModel))
{
    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate text minimal-pairs --data determiner_noun_agreement_2.jsonl --model A --model B --slice UID",
            "'this committee' against 'these committee'"),
        (
            "mambascope evaluate text minimal-pairs --data blimp/data --questions 2000 --begin '<|endoftext|>' --slice field --model "
                + "mamba-130m-hf --out blimp --resume",
            "all of BLiMP, thinned evenly, by field of linguistics"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Pairs of two prefixes and one word: explained is the word's first token after the right prefix; the words in which the "
        + "prefixes differ\n"
        + "are known to matter. Other pairs explain, where the sentences begin to differ, the right token against the wrong one. Slices: "
        + "UID, field,\n"
        + "linguistics_term.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new MinimalPairMeasure();
}
