using System.CommandLine;
using System.Globalization;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Agreement with what people marked.</summary>
internal sealed class RationalesVerb : MeasureVerb
{
    private readonly Option<string?> shares = OptionKinds.Text(
        "--k", "LIST", "Percent of the tokens that are taken for the rationale, rising, such as 10,20 [default: 10 to 80 in steps of 10]");

    internal RationalesVerb()
        : base(
            "rationales",
            "Agreement with what people marked: token F1 of the most relevant tokens, AUPRC (ERASER)",
            new TextInput(ModelOptions.StandardLanguageModel)) => Add(shares);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate text rationales --data movies/val.jsonl --prompt ' Sentiment:' --answers 'POS= positive,NEG= negative' "
                + "--model A --model B --out movies",
            "why the model chooses its class, beside what people marked"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "A language model has no classes: explained is a next token after the document and --prompt, the most likely of --answers (or "
        + "the true\n"
        + "class's with --explain true), or without --answers whatever the model holds most likely. Marked words are mapped to the tokens "
        + "that share\n"
        + "a character with them; tokens of the prompt take no part.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new RationaleMeasure(session.Arguments.GetValue(shares) is { } list ? Shares(list) : RationaleMeasure.StandardShares);

    private static double[] Shares(string list)
    {
        double[] read =
        [
            .. list.Split(',')
                .Select(word =>
                    double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100
                        ? percent / 100
                        : -1),
        ];
        return read.All(share => share > 0) && read.Zip(read.Skip(1)).All(pair => pair.First < pair.Second)
            ? read
            : throw new UsageException(
                $"--k {list}: expected rising numbers above 0 and at most 100 with commas between them, for example 10,20,30");
    }
}
