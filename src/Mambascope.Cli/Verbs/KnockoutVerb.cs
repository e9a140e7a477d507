using System.CommandLine;
using System.Globalization;
using Mambascope.Application;
using Mambascope.Cli.Explanations;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>What happens to a prediction when tokens are no longer heard.</summary>
internal sealed class KnockoutVerb : Verb
{
    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly BlockOption blocks;
    private readonly Option<string?> source = OptionKinds.Text(
        "--source", "TOKENS", "Tokens that are cut off, together: 4, 4-7 or 2,5-8 [default: each token in turn]");
    private readonly Option<string?> outputs = OptionKinds.Text(
        "--from", "TOKENS", "Output tokens that no longer hear them [default: all after them]");
    private readonly Option<string?> layers = OptionKinds.Text(
        "--layers", "LAYERS", "Layers in which they are cut off: 2, 0-3 [default: all]");
    private readonly Option<MixerKind?> kind = OptionKinds.Choice<MixerKind?>(
        "--kind",
        "Of a hybrid, cut in its scans alone, or in its attention alone [default: in both]",
        [(MixerKind.Scan.Name, MixerKind.Scan), (MixerKind.Softmax.Name, MixerKind.Softmax)]);
    private readonly Option<string?> heads = OptionKinds.Text(
        "--head", "HEADS", "Heads in which they are cut off, of mixers that have heads: 3, 0-2 [default: everywhere]");
    private readonly Option<string?> experts = OptionKinds.Text(
        "--expert", "EXPERTS", "In place of tokens: experts that give nothing, in all layers or those of --layers");
    private readonly Option<bool> self = OptionKinds.Switch("--self", "A token that is cut off from itself loses its own contribution too");
    private readonly Option<bool> taps = OptionKinds.Switch(
        "--taps",
        "Also cut what they pass on through the convolution in front of a scan, to the next few tokens; without it convolutions stay");
    private readonly Option<int?> position = OptionKinds.Whole(
        "--position", "N", "Token after which the next one is asked for [default: the last]", 0);
    private readonly Option<string?> target = OptionKinds.Text(
        "--target", "TOKEN", "Next token that is watched, by id or as text that is one token [default: the most likely one]");
    private readonly Option<string?> tensors = OptionKinds.Text(
        "--save", TensorFile.HelpName, "Also save drop (one a token or block), target and input_ids");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace an existing file of --save");

    internal KnockoutVerb()
        : base("knockout", "What tokens cause: cut what others take from them in chosen layers, and see the prediction change")
    {
        input = new(this, readsText: true, seesPictures: false);
        model = new(this, readsText: true, seesPictures: false);
        foreach (var option in new Option[] { source, outputs, layers, kind, heads, experts, self, taps, position, target, tensors, force })
        {
            Add(option);
        }

        blocks = new(this, "Cut off words, sentences or N equal parts in turn, in place of single tokens");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope knockout --text \"The king is dead, long live the k\" --taps --blocks word",
            "each word in turn: by how much does the score of the next letter fall?"),
        (
            "mambascope knockout --text \"The king is dead, long live the k\" --source 27-30 --taps",
            "without \" the\": i falls from 94.5 to 35.0 %, and n is expected; through the scans alone, without --taps, it stays at "
                + "93.8 %"),
        (
            "mambascope knockout --text \"To be, or not to b\" --source 0-4 --layers 0-2",
            "the first five letters together, in the first three layers only"),
        (
            "mambascope knockout --text \"To be, or not to b\" --source 4 --from 17 --target e",
            "one edge: what the last letter takes from letter 4"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "An edge is what an output token takes from a source through the scan (or the softmax attention) of a layer, and with --taps "
            + "through the\n"
            + "convolution in front of the scan, which passes each token on to the next few. Skip and residual stream stay, and later "
            + "layers see the\n"
            + "consequences: the change of the score is caused by these edges, whatever a map says.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (!input.IsText(session, model.Named(session)))
        {
            throw new UsageException("knockout is for text: give --text \"...\", --tokens 1,2,3 or a .txt file");
        }

        var arguments = session.Arguments;
        var sources = Numbers(arguments.GetValue(source), source);
        if (sources is not null && blocks.IsGiven(session))
        {
            throw new UsageException(
                "--source and --blocks exclude each other: blocks are cut off in turn, the tokens of --source together");
        }

        if (arguments.GetValue(experts) is not null
            && (new Option[] { source, kind, heads }.FirstOrDefault(option => arguments.GetResult(option) is not null)?.Name
                ?? new[] { self, taps }.FirstOrDefault(arguments.GetValue)?.Name
                ?? (blocks.IsGiven(session) ? "--blocks" : null)) is { } other)
        {
            throw new UsageException($"--expert and {other} exclude each other: experts are no edges between tokens");
        }

        if (arguments.GetValue(tensors) is { } file)
        {
            OutputFile.Check(file, arguments.GetValue(force), "--save");
        }

        var text = input.Text(session);
        var request = new KnockoutRequest
        {
            Sources = sources,
            Outputs = Numbers(arguments.GetValue(outputs), outputs),
            Layers = Numbers(arguments.GetValue(layers), layers),
            Kind = arguments.GetValue(kind),
            Heads = Numbers(arguments.GetValue(heads), heads),
            Experts = Numbers(arguments.GetValue(experts), experts),
            CutsSelf = arguments.GetValue(self),
            CutsTaps = arguments.GetValue(taps),
            Position = arguments.GetValue(position),
            Target = arguments.GetValue(target),
            Pieces = read => blocks.Of(session, read),
        };
        using var language = model.OpenText(session);
        var subject = session.Progress.During("reading the text", () => text.Read(language));
        Deliver(session, session.Progress.Following("cutting edges", steps => session.IsDouble
            ? KnockoutTrial.Run<double>(language, subject, request, progress: steps)
            : KnockoutTrial.Run<float>(language, subject, request, progress: steps)));
    }

    private void Deliver(Session session, KnockoutTrial trial)
    {
        var file = session.Arguments.GetValue(tensors);
        if (file is not null)
        {
            TensorFile.Save(trial.Tensors(), file);
        }

        if (session.Json)
        {
            var result = KnockoutJson.Of(trial);
            result["tensors"] = file;
            session.WriteJson(result);
        }
        else
        {
            KnockoutReport.Write(session.Out, trial, file);
        }
    }

    // 4, 4-7 or 2,5-8.
    private static int[]? Numbers(string? list, Option option)
    {
        if (list is null)
        {
            return null;
        }

        return
        [
            .. list.Split(',')
                .SelectMany(part =>
                {
                    var ends = part.Split('-');
                    return
                        ends.Length <= 2
                        && Number(ends[0], out var first)
                        && Number(ends[^1], out var last)
                        && first <= last
                        && last - first < 1 << 20
                        ? Enumerable.Range(first, last - first + 1)
                        : throw new UsageException(
                            $"{option.Name} {ShownText.Line(list, most: 40)}: expected numbers and ranges counted from 0, such as 4, 4-7 "
                                + "or 2,5-8");
                })
                .Distinct()
                .Order(),
        ];

        static bool Number(string word, out int number)
            => int.TryParse(word.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
