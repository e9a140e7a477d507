using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Reproduce;

/// <summary>The language table of the Hidden Attention of Mamba Models.</summary>
internal sealed class ArcEasyVerb : FollowUpVerb
{
    private readonly Option<string?> substitute = RemovalOption.Create(TokenRemoval.ZeroName, mayDrop: false);

    internal ArcEasyVerb()
        : base(
            "arc-easy", "The paper's language table: activation and pruning on ARC-Easy, beside the published figures",
            new TextInput(ModelOptions.StandardLanguageModel), FollowUpTables.ArcEasy, ReleasedFile.LanguageModel, ReleasedFile.ArcEasy)
        => Add(substitute);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate reproduce arc-easy --line mamba-1.3b --model mamba-1.4b-hf --data ARC-Easy-Test.jsonl --method "
                + "attribution --questions 100 --out arc --resume",
            "a first answer from 100 questions"),
    ];

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new TextPerturbationMeasure(RemovalOption.Read(session, substitute, TokenRemoval.Zero, mayDrop: false));
}
