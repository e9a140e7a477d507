using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Cli.Explanations;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>One hidden attention matrix: of a channel, or of all channels reduced to one.</summary>
internal sealed class AttentionVerb : Verb
{
    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly Option<int?> layer = OptionKinds.Whole("--layer", "N", "Layer, counted from 0 at the input", 0);
    private readonly Option<MixerKind?> kind = OptionKinds.Choice<MixerKind?>(
        "--kind",
        "Of a layer with mixers side by side, those of one kind [default: all, side by side]",
        [(MixerKind.Scan.Name, MixerKind.Scan), (MixerKind.Softmax.Name, MixerKind.Softmax)]);
    private readonly Option<int?> channel = OptionKinds.Whole(
        "--channel", "E", "One channel, counted from 0, in place of a mean over all", 0);
    private readonly Option<int?> top = OptionKinds.Whole(
        "--top-channels", "K", "Mean over the K channels that attend most in one token's row (they are named), in place of all", 1);
    private readonly TokenOption token = new();
    private readonly Option<int?> stage = OptionKinds.Whole(
        "--stage", "N", "Stage in which --layer counts, of a model with stages (VMamba) [default: counted through all]", 0);
    private readonly Option<SignRule?> reduction = OptionKinds.Choice(
        "--reduce",
        "Mean over channels of the entries, or of their absolute values [default: mean]",
        [("mean", (SignRule?)SignRule.Keep), ("abs-mean", SignRule.Absolute)]);
    private readonly Option<ScanDirections> direction = OptionKinds.Choice(
        "--direction",
        "Direction of the scan, of VMamba along rows or columns; the matrix is in the order of the tokens in any case [default: both]",
        [
            ("both", ScanDirections.Both), ("forward", ScanDirections.Forward), ("backward", ScanDirections.Backward),
            ("columns", ScanDirections.Columns), ("columns-backward", ScanDirections.ColumnsBackward),
        ]);
    private readonly Option<AttentionView> view = OptionKinds.Choice(
        "--view",
        "The scan alone (y = alpha u), or the whole mixer from x to its gated output [default: s6]",
        [("s6", AttentionView.S6), ("block", AttentionView.Block)]);
    private readonly Option<ColorMap?> colors = OptionKinds.Choice(
        "--color",
        "Colours of the picture [default: viridis, or diverging where there are negative entries]",
        [.. ColorMap.All.Select(map => (map.Name, (ColorMap?)map))]);
    private readonly Option<string?> output = OptionKinds.Text(
        "--out",
        "FILE",
        "File to write, by its ending: .png, .npy or .safetensors [default: INPUT-NAME.layerN.attention.png in the current folder]");
    private readonly Option<string?> tensors = OptionKinds.Text(
        "--save", TensorFile.HelpName, "Also save the matrix as the tensor attention (L, L)");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace existing files");

    private readonly BlockOption blocks;
    private readonly Option<int?> head = OptionKinds.Whole(
        "--head", "H", "One head of a transformer or of Mamba-2, counted from 0, in place of the mean over all", 0);

    internal AttentionVerb() : base("attention", "One hidden attention matrix, as a picture or as numbers")
    {
        input = new(this, readsText: true, readsSeries: true);
        model = new(this, readsText: true, readsSeries: true);
        foreach (
            var option in new Option[]
            {
                layer, stage, kind, channel, top, token.Option, reduction, direction, view, head, colors, output, tensors, force,
            })
        {
            Add(option);
        }

        blocks = new(this, "Of a text of any length: means over words, sentences or N equal parts in place of tokens");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope attention picture.jpg --layer 12", "mean over channels of layer 12, both directions, as a picture"),
        (
            "mambascope attention picture.jpg --layer 12 --channel 7 --direction forward --out channel7.npy",
            "one channel of the forward scan, for NumPy"),
        (
            "mambascope attention picture.jpg --layer 12 --top-channels 8",
            "the eight channels in which the class token attends most, named and averaged"),
        (
            "mambascope attention picture.jpg --layer 0 --view block --reduce abs-mean --save matrix.safetensors",
            "the whole mixer of the first layer, mean of absolute values"),
        (
            "mambascope attention scan.png --model vmamba/ --stage 1 --layer 0 --token 3,5",
            "what one place of the picture takes from every other, scan by scan"),
        (
            "mambascope attention measured.ts#3 --model my-model --layer 1 --out steps.png",
            "which steps of a series take from which"),
        (
            "mambascope attention --text \"To be, or not to be\" --layer 2 --out words.png",
            "which letters of a text take from which, in the shipped language model"),
        (
            "mambascope attention book.txt --layer 2 --blocks 64",
            "a whole book in 64 parts: which take from which; memory grows with the text, not with its square, and for scans time as well"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Row i of the matrix says what output token i takes from every input token. Both directions: their sum in view s6; in view "
        + "block\nweighted as in the mixer (half each in Vision Mamba), so that forward and backward add up to both.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var arguments = session.Arguments;
        if (arguments.GetValue(layer) is not { } number)
        {
            throw new UsageException("--layer is missing: give a layer, counted from 0; see mambascope attention --help");
        }

        if (arguments.GetValue(channel) is not null && arguments.GetValue(reduction) is not null)
        {
            throw new UsageException("--channel and --reduce exclude each other: one channel needs no reduction");
        }

        if (arguments.GetValue(channel) is not null && arguments.GetValue(top) is not null)
        {
            throw new UsageException("--channel and --top-channels exclude each other: name one channel, or let the strongest be found");
        }

        var place = token.Place(session);
        if (place is null && token.Number(session) is not null && arguments.GetResult(top) is null)
        {
            throw new UsageException(
                "--token N is for --top-channels: it names the token by whose row channels are ranked; give --top-channels K as well, or "
                    + "ROW,COLUMN to see the attention of one token over a picture");
        }

        if (place is not null && arguments.GetResult(top) is not null)
        {
            throw new UsageException("--token ROW,COLUMN shows one token's attention and --top-channels ranks channels; give one of them");
        }

        if (input.IsSeries(session, model.Named(session)))
        {
            if (place is not null)
            {
                throw new UsageException("--token ROW,COLUMN is a place in a picture; steps of a series are counted with one number");
            }

            using var series = model.OpenSeries(session);
            var request = Request(session, number, series);
            var measured = input.OneSeries(session, series);
            var name = $"{Path.GetFileNameWithoutExtension(measured.Data.Path)}-{measured.Case.Name}.ts";
            Run(session, Files(session, name), request, series, () => measured);
        }
        else if (input.IsText(session, model.Named(session)))
        {
            if (place is not null)
            {
                throw new UsageException("--token ROW,COLUMN is a place in a picture; tokens of a text are counted with one number");
            }

            var text = input.Text(session);
            var files = Files(session, text.File ?? "text");
            using var language = model.OpenText(session);
            Run(session, files, Request(session, number, language), language, () =>
                session.Progress.During("reading the text", () => text.Read(language)));
        }
        else
        {
            var picture = input.One(session);
            var files = Files(session, picture.Path);
            using var classifier = model.Open(session);
            if (place is { } at)
            {
                var request = Request(session, number, classifier);
                RunOfToken(session, files, request, classifier, input.Read(session, picture, classifier), at);
                return;
            }

            Run(session, files, Request(session, number, classifier), classifier, () => input.Read(session, picture, classifier));
        }
    }

    private AttentionRequest Request(Session session, int number, LoadedModel opened)
    {
        CheckKind(session, opened.Name, opened.Model);
        var arguments = session.Arguments;
        var request = new AttentionRequest
        {
            Layer = number,
            Stage = arguments.GetValue(stage),
            Kind = arguments.GetValue(kind),
            Channel = arguments.GetValue(channel),
            TopChannels = arguments.GetValue(top),
            Token = token.Number(session),
            Head = arguments.GetValue(head),
            View = arguments.GetValue(view),
            Directions = arguments.GetValue(direction),
            Sign = arguments.GetValue(reduction) ?? SignRule.Keep,
            Blocks = blocks.IsGiven(session) ? read => blocks.Of(session, read) : null,
        };
        request.Check(opened);
        return request;
    }

    private void Run(Session session, string[] files, AttentionRequest request, LoadedModel opened, Func<Subject> read)
    {
        var subject = read();
        if (session.IsDouble)
        {
            Run<double>(session, files, request, opened, subject);
        }
        else
        {
            Run<float>(session, files, request, opened, subject);
        }
    }

    private void Run<T>(Session session, string[] files, AttentionRequest request, LoadedModel opened, Subject subject)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var attention = session.Progress.Following("running the model", steps =>
            Attending.Show<T>(opened, subject, request, progress: steps));
        var matrix = attention.Matrix;
        foreach (var file in files)
        {
            if (attention.Beside.Count == 0)
            {
                MatrixFile.Write(file, "attention", [matrix.Length, matrix.Length], matrix.Values, () =>
                    AttentionReport.Plot(attention, session.Arguments.GetValue(colors)));
                continue;
            }

            // Mixers side by side: one matrix after the other, in the order of the layer.
            ShownAttention<T>[] all = [attention, .. attention.Beside];
            int[] shape = [all.Length, matrix.Length, matrix.Length];
            MatrixFile.Write(file, "attention", shape, [.. all.SelectMany(one => one.Matrix.Values)], () =>
                AttentionReport.Sheet(all, session.Arguments.GetValue(colors)).Render());
        }

        if (session.Json)
        {
            var result = AttentionJson.Of(attention);
            result["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]);
            session.WriteJson(result);
        }
        else
        {
            AttentionReport.Write(session.Out, attention, files);
        }

        ExplanationReport.WarnOf(session, attention.Check);
    }

    private void RunOfToken(
        Session session,
        string[] files,
        AttentionRequest request,
        ImageClassifier classifier,
        PictureSubject subject,
        (int Row, int Column) place)
    {
        if (session.IsDouble)
        {
            Deliver(session, files, session.Progress.Following("running the model", steps =>
                TokenAttention<double>.Of(classifier, subject, request, place, steps)));
        }
        else
        {
            Deliver(session, files, session.Progress.Following("running the model", steps =>
                TokenAttention<float>.Of(classifier, subject, request, place, steps)));
        }
    }

    private void Deliver<T>(Session session, string[] files, TokenAttention<T> attention)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var file in files)
        {
            switch (Path.GetExtension(file).ToUpperInvariant())
            {
                case ".PNG":
                    OutputFile.WritePng(
                        TokenAttentionReport.Render(attention, session.Arguments.GetValue(colors)), file, mayReplace: true);
                    break;
                case ".NPY":
                    var map = attention.Maps[0].Map;
                    Interruption.Shield(() => Checkpoints.NpyWriter.Write<T>(file, [map.Rows, map.Columns], map.Values));
                    break;
                default:
                    TokenAttentionReport.Save(attention, file);
                    break;
            }
        }

        if (session.Json)
        {
            var result = AttentionJson.Of(attention);
            result["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]);
            session.WriteJson(result);
        }
        else
        {
            TokenAttentionReport.Write(session.Out, attention, files);
        }

        ExplanationReport.WarnOf(session, attention.Check);
    }

    // Channels, directions and views are a scan's; heads are a transformer's and Mamba-2's.
    private void CheckKind(Session session, string name, IModel sizes)
    {
        var isTransformer = sizes.Shape.IsOnly(MixerKind.Softmax);
        var foreign =
            isTransformer ? [channel, top, token.Option, reduction, direction, view]
            : sizes.Facts.Heads is null ? new Option[] { head }
            : [];
        if (foreign.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } option)
        {
            throw new UsageException(isTransformer
                ? $"{option.Name} is for Mamba; {name} is a transformer: its layers have one matrix a head, see --head"
                : $"--head is for transformers and Mamba-2; {name} has one matrix a channel: use --channel");
        }

        // A kind of another library has matrices, and nothing that a scan alone has.
        Option[] ofScans = sizes.Shape.Has(MixerKind.Scan) ? [] : [top, token.Option, direction, view];
        if (ofScans.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } scans)
        {
            throw new UsageException($"{scans.Name} is for models with scans; {name} has {sizes.Shape.Words}");
        }

        if (
            session.Arguments.GetValue(head) is not null
            && new Option[] { channel, top }.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } other)
        {
            throw new UsageException($"--head and {other.Name} exclude each other: a head is the mean over its channels");
        }

        if (blocks.IsGiven(session))
        {
            CheckBlocks(session, name, sizes);
        }

        if (sizes is ILanguageModel && session.Arguments.GetValue(direction) == ScanDirections.Backward)
        {
            throw new UsageException($"--direction backward: {name} reads text from its beginning to its end only");
        }
    }

    private void CheckBlocks(Session session, string name, IModel sizes)
    {
        if (sizes is not ILanguageModel)
        {
            throw new UsageException($"--blocks joins the tokens of a text and needs a language model; {name} is none");
        }

        if (
            new Option[] { channel, top, token.Option, reduction, head }.FirstOrDefault(option =>
                session.Arguments.GetResult(option) is not null
            ) is
            { } other)
        {
            throw new UsageException(
                $"--blocks and {other.Name} exclude each other: blocks are means over all channels and heads, with their signs");
        }
    }

    private string[] Files(Session session, string path)
    {
        var (named, saved, mayReplace) = (
            session.Arguments.GetValue(output), session.Arguments.GetValue(tensors), session.Arguments.GetValue(force));
        MatrixFile.CheckEnding(named);
        if (saved is not null)
        {
            OutputFile.Check(saved, mayReplace, "--save");
        }

        var standard = OutputFile.Beside(path, ".attention.png", $"layer{session.Arguments.GetValue(layer)}");
        var first = OutputFile.Picture(session, named, standard, isOnlyResult: saved is null, mayReplace);
        return [.. new[] { first, saved }.OfType<string>()];
    }
}
