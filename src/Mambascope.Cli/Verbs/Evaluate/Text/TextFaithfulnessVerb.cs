using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Do the tokens that a map calls relevant carry the answer?</summary>
internal sealed class TextFaithfulnessVerb : MeasureVerb
{
    private readonly Option<string?> substitute = RemovalOption.Create(TokenRemoval.DropName, mayDrop: true);

    internal TextFaithfulnessVerb()
        : base(
            "faithfulness",
            "Do the tokens that a map calls relevant carry the answer? Comprehensiveness, sufficiency, area between deletion curves",
            new TextInput(ModelOptions.StandardLanguageModel)) => Add(substitute);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate text faithfulness --data book.txt --model A --method raw,attribution,mamba-lrp --out faithful",
            "tokens are dropped, the text gets shorter"),
        (
            "mambascope evaluate text faithfulness --data movies/val.jsonl --prompt ' Sentiment:' --answers 'POS= positive,NEG= negative' "
                + "--words 300 --substitute zero --model A",
            "the class is a next token; embeddings are zeroed instead"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Comprehensiveness and sufficiency: mean drop of the explained token's probability without (with nothing but) the most relevant "
            + "1, 5, 10,\n"
            + "20 and 50 % of the tokens. Area: under the explained token's logit over steps of 10 %, least relevant first minus most "
            + "relevant first.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new TextFaithfulnessMeasure(RemovalOption.Read(session, substitute, TokenRemoval.Drop, mayDrop: true));
}
