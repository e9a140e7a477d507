using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Reproduce;

/// <summary>What is known of MambaLRP's table on text.</summary>
internal sealed class MambaLrpVerb : FollowUpVerb
{
    private readonly Option<string?> substitute = RemovalOption.Create(TokenRemoval.DropName, mayDrop: true);

    internal MambaLrpVerb()
        : base(
            "mamba-lrp", "MambaLRP: area between deletion curves on SST-2, Med-BIOS, SNLI or Emotion, beside the figures that are known",
            new TextInput(ModelOptions.StandardLanguageModel), FollowUpTables.MambaLrp, ReleasedFile.LanguageModel, ReleasedFile.Sst2)
        => Add(substitute);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate reproduce mamba-lrp --model mamba-130m-hf --data SST-2/dev.tsv --method mamba-lrp,attribution --out sst2",
            "sentiment, by the words great and terrible"),
        (
            "mambascope evaluate reproduce mamba-lrp --line emotion --model mamba-130m-hf --data emotion.csv --prompt ' I feel' --answers "
                + "'joy= happy,anger= angry,fear= afraid,sadness= sad' --method mamba-lrp,attribution",
            "another data set as text and label, with words of your own for its classes"),
    ];

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new TextFaithfulnessMeasure(RemovalOption.Read(session, substitute, TokenRemoval.Drop, mayDrop: true));
}
