using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Cli.Texts;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>One hidden attention matrix: of a channel, or of all channels reduced to one.</summary>
internal sealed class AttentionVerb : Verb
{
    private const int LongestText = 8192;

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly Option<int?> layer = OptionKinds.Whole("--layer", "N", "Layer, counted from 0 at the input", 0);
    private readonly Option<int?> channel = OptionKinds.Whole("--channel", "E", "One channel, counted from 0, in place of a mean over all", 0);
    private readonly Option<int?> top = OptionKinds.Whole("--top-channels", "K", "Mean over the K channels that attend most in one token's row (they are named), in place of all", 1);
    private readonly Option<int?> token = OptionKinds.Whole("--token", "N", "Token whose row ranks channels for --top-channels [default: the class token; of a text the last]", 0);
    private readonly Option<SignRule?> reduction = OptionKinds.Choice("--reduce", "Mean over channels of the entries, or of their absolute values [default: mean]", [("mean", (SignRule?)SignRule.Keep), ("abs-mean", SignRule.Absolute)]);
    private readonly Option<ScanDirections> direction = OptionKinds.Choice("--direction", "Direction of the scan; the matrix is in the order of the tokens in any case [default: both]", [("both", ScanDirections.Both), ("forward", ScanDirections.Forward), ("backward", ScanDirections.Backward)]);
    private readonly Option<AttentionView> view = OptionKinds.Choice("--view", "The scan alone (y = alpha u), or the whole mixer from x to its gated output [default: s6]", [("s6", AttentionView.S6), ("block", AttentionView.Block)]);
    private readonly Option<ColorMap?> colors = OptionKinds.Choice("--color", "Colours of the picture [default: viridis, or diverging where there are negative entries]", [.. ColorMap.All.Select(map => (map.Name, (ColorMap?)map))]);
    private readonly Option<string?> output = OptionKinds.Text("--out", "FILE", "File to write, by its ending: .png, .npy or .safetensors [default: INPUT-NAME.attention.png in the current folder]");
    private readonly Option<string?> tensors = OptionKinds.Text("--save", "FILE.safetensors", "Also save the matrix as the tensor attention (L, L); an existing file is replaced");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace an existing file of --out");

    private readonly BlockOption blocks;
    private readonly Option<int?> head = OptionKinds.Whole("--head", "H", "One head of a transformer or of Mamba-2, counted from 0, in place of the mean over all", 0);

    internal AttentionVerb() : base("attention", "One hidden attention matrix, as a picture or as numbers")
    {
        input = new(this, readsText: true);
        model = new(this, readsText: true);
        foreach (var option in new Option[] { layer, channel, top, token, reduction, direction, view, head, colors, output, tensors, force })
        {
            Add(option);
        }

        blocks = new(this, "Of a text of any length: means over words, sentences or N equal parts in place of tokens");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope attention picture.jpg --layer 12", "mean over channels of layer 12, both directions, as a picture"),
        ("mambascope attention picture.jpg --layer 12 --channel 7 --direction forward --out channel7.npy", "one channel of the forward scan, for NumPy"),
        ("mambascope attention picture.jpg --layer 12 --top-channels 8", "the eight channels in which the class token attends most, named and averaged"),
        ("mambascope attention picture.jpg --layer 0 --view block --reduce abs-mean --save matrix.safetensors", "the whole mixer of the first layer, mean of absolute values"),
        ("mambascope attention --text \"To be, or not to be\" --layer 2 --out words.png", "which letters of a text take from which, in the shipped language model"),
        ("mambascope attention book.txt --layer 2 --blocks 64", "a whole book in 64 parts: which take from which; time and memory grow with the text, not with its square"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Row i of the matrix says what output token i takes from every input token. Both directions: their sum in view s6; in view block\nweighted as in the mixer (half each in Vision Mamba), so that forward and backward add up to both.";

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

        var isText = input.IsText(session, model.Named(session));
        var text = isText ? input.Text(session) : null;
        var request = new Request(
            text?.Name ?? input.Path(session), number, arguments.GetValue(channel), arguments.GetValue(top), arguments.GetValue(token), arguments.GetValue(view), arguments.GetValue(direction), arguments.GetValue(reduction) ?? SignRule.Keep, arguments.GetValue(head));
        var files = Files(session, text is null ? request.Input : text.File ?? "text");
        if (text is not null)
        {
            using var language = model.OpenText(session);
            Run(language.Name, language.Model, single: () => Execute<float>(session, request, files, text, language), wide: () => Execute<double>(session, request, files, text, language));
        }
        else
        {
            using var classifier = model.Open(session);
            Run(classifier.Name, classifier.Model, single: () => Execute<float>(session, request, files, classifier), wide: () => Execute<double>(session, request, files, classifier));
        }

        void Run(string name, IModel sizes, Action single, Action wide)
        {
            CheckKind(session, name, sizes);
            CheckSizes(request, name, sizes);
            (session.IsDouble ? wide : single)();
        }
    }

    // Channels, directions and views are a scan's; heads are a transformer's and Mamba-2's.
    private void CheckKind(Session session, string name, IModel sizes)
    {
        var isTransformer = sizes.Shape.IsOnly(MixerKind.Softmax);
        var foreign = isTransformer ? [channel, top, token, reduction, direction, view] : sizes.Facts.Heads is null ? new Option[] { head } : [];
        if (foreign.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } option)
        {
            throw new UsageException(isTransformer
                ? $"{option.Name} is for Mamba; {name} is a transformer: its layers have one matrix a head, see --head"
                : $"--head is for transformers and Mamba-2; {name} has one matrix a channel: use --channel");
        }

        if (session.Arguments.GetValue(head) is not null && new Option[] { channel, top }.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } other)
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
        if (sizes is not ILanguageModel || !sizes.Shape.IsOnly(MixerKind.Scan))
        {
            throw new UsageException($"--blocks joins the tokens of a text and needs a language model with scans only; {name} is none");
        }

        if (new Option[] { channel, top, token, reduction, head }.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } other)
        {
            throw new UsageException($"--blocks and {other.Name} exclude each other: blocks are means over all channels, with their signs");
        }
    }

    private string[] Files(Session session, string path)
    {
        var (named, saved, mayReplace) = (session.Arguments.GetValue(output), session.Arguments.GetValue(tensors), session.Arguments.GetValue(force));
        MatrixFile.CheckEnding(named);
        if (saved is not null)
        {
            OutputFile.Check(saved, mayReplace: true);
        }

        var first = OutputFile.Picture(session, named, OutputFile.Beside(path, ".attention.png"), isOnlyResult: saved is null, mayReplace);
        return [.. new[] { first, saved }.OfType<string>()];
    }

    private void Execute<T>(Session session, Request request, string[] files, ImageClassifier classifier)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var classToken = classifier.Model.Facts.ClassToken;
        CheckToken(request, classifier.Name, classifier.Model.Grid.Count + (classToken is null ? 0 : 1), classToken);
        var image = InputArgument.Read(session, request.Input, classifier);
        using var run = session.Progress.During("running the model", () => classifier.Run<T>(image));
        Deliver(session, request, files, new AttentionSubject<T>(classifier.Name, classifier.Model, classifier.Workers, run.Trace, classToken, Labels: null));
    }

    private void Execute<T>(Session session, Request request, string[] files, TextInput text, TextModel language)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var read = text.Read(session, language);
        if (blocks.IsGiven(session))
        {
            ExecuteBlocks<T>(session, request, files, read, language);
            return;
        }

        request = request with { Token = request.Token ?? (read.Tokens.Count - 1) };
        CheckToken(request, language.Name, read.Tokens.Count, classToken: null);
        if (read.Tokens.Count > LongestText)
        {
            throw new BadInputException($"the text has {read.Tokens.Count} tokens; a matrix of single tokens is shown for at most {LongestText}: join them with --blocks 256, for example");
        }

        using var run = session.Progress.During("running the model", () => language.Run<T>(read.Tokens));
        Deliver(session, request, files, new AttentionSubject<T>(language.Name, language.Model, language.Workers, run.Trace, ClassToken: null, [.. read.Tokens.Select(t => ShownText.Label(t.Text))]));
    }

    // No matrix over tokens is formed, and nothing is recorded as a whole.
    private void ExecuteBlocks<T>(Session session, Request request, string[] files, ReadText read, TextModel language)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pieces = blocks.Of(session, read);
        var matrix = session.Progress.During("computing the matrix", () => LongText.Tiles<T>(language.Model, language.Workers, read.Ids, request.Layer, [.. pieces.Select(piece => piece.First)], request.View));
        foreach (var file in files)
        {
            MatrixFile.Write(file, "attention", [matrix.Length, matrix.Length], matrix.Values, () => new([.. matrix.Values.Select(float.CreateTruncating)], matrix.Length, matrix.Length, $"{Title(request, isTransformer: false)}, between blocks")
            {
                Subtitle = $"{Path.GetFileName(request.Input)} · {read.Tokens.Count:N0} tokens in {matrix.Length} blocks · {language.Name}{Part(request, language.Model).Replace(", ", " · ", StringComparison.Ordinal)}",
                RowTitle = "query (output) block",
                ColumnTitle = "key (input) block",
                TokenLabels = [.. pieces.Select(piece => ShownText.Label(piece.Text.Trim()))],
                ColorMap = session.Arguments.GetValue(colors),
            });
        }

        var (least, most) = (double.CreateTruncating(matrix.Values.Min()), double.CreateTruncating(matrix.Values.Max()));
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["input"] = request.Input,
                ["model"] = language.Name,
                ["precision"] = typeof(T) == typeof(double) ? "double" : "single",
                ["layer"] = request.Layer,
                ["view"] = request.View.ToString().ToLowerInvariant(),
                ["tokens"] = read.Tokens.Count,
                ["blocks"] = new JsonArray([.. pieces.Select(piece => new JsonObject { ["first"] = piece.First, ["tokens"] = piece.Count, ["text"] = piece.Text })]),
                ["minimum"] = least,
                ["maximum"] = most,
                ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
            });
            return;
        }

        session.Out.WriteLine($"{Title(request, isTransformer: false)}{Part(request, language.Model)}: {read.Tokens.Count:N0} tokens in {matrix.Length} blocks, means from {least:G4} to {most:G4}");
        foreach (var file in files)
        {
            session.Out.WriteLine($"wrote {file}");
        }
    }

    private void Deliver<T>(Session session, Request request, string[] files, AttentionSubject<T> subject)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (run, classToken) = (subject, subject.ClassToken);
        var mixer = run.Trace.Layers[request.Layer].Mixers is [var only]
            ? only
            : throw new BadInputException($"layer {request.Layer} of {subject.Name} has no single mixer whose matrix could be shown");
        var ranked = request.TopChannels is { } count
            ? ChannelRanking.Top(subject.Workers, run.Trace.Tape.Pool, (ScanMixerTrace<T>)mixer, 0, request.Token ?? classToken!.Value, count, request.View, request.Direction)
            : null;
        var units = request.Channel is { } index ? [index] : ranked?.Select(r => r.Channel).ToArray() ?? HeadUnits(mixer.Shape, request.Head);
        var matrix = session.Progress.During("computing the matrix", () => TokenMixing<T>.Of(mixer).Matrix(
            subject.Workers, 0, new() { View = request.View, Directions = request.Direction, Sign = request.Channel is null ? request.Sign : SignRule.Keep, Channels = units }));
        var isTransformer = mixer is SoftmaxMixerTrace<T>;
        var check = session.Progress.During("checking", () => SelfCheck.Of(run.Trace));
        foreach (var file in files)
        {
            Write(file, matrix, request, subject, session);
        }

        var (least, most) = (double.CreateTruncating(matrix.Values.Min()), double.CreateTruncating(matrix.Values.Max()));
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["input"] = request.Input,
                ["model"] = subject.Name,
                ["precision"] = typeof(T) == typeof(double) ? "double" : "single",
                ["layer"] = request.Layer,
                ["channel"] = request.Channel,
                ["top_channels"] = ranked is null ? null : new JsonArray([.. ranked.Select(r => new JsonObject { ["channel"] = r.Channel, ["weight"] = double.CreateTruncating(r.Weight) })]),
                ["head"] = request.Head,
                ["reduce"] = request.Channel is null && request.Head is null ? request.SignName : null,
                ["direction"] = isTransformer ? null : subject.Model is ILanguageModel ? "forward" : request.Direction.ToString().ToLowerInvariant(),
                ["view"] = isTransformer ? null : request.View.ToString().ToLowerInvariant(),
                ["tokens"] = matrix.Length,
                ["class_token"] = classToken,
                ["minimum"] = least,
                ["maximum"] = most,
                ["checks"] = check is null ? null : ExplanationReport.Json(check),
                ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
            });
        }
        else
        {
            foreach (var r in ranked ?? [])
            {
                session.Out.WriteLine($"  channel {r.Channel,4}  takes {double.CreateTruncating(r.Weight):G4} in all");
            }

            session.Out.WriteLine($"{Title(request, isTransformer)}{Part(request, subject.Model)}: {matrix.Length} x {matrix.Length}, from {least:G4} to {most:G4}");
            foreach (var file in files)
            {
                session.Out.WriteLine($"wrote {file}");
            }
        }

        ExplanationReport.WarnOf(session, check);
    }

    private void Write<T>(string file, AttentionMatrix<T> matrix, Request request, AttentionSubject<T> subject, Session session)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => MatrixFile.Write(file, "attention", [matrix.Length, matrix.Length], matrix.Values, () => new(
            [.. matrix.Values.Select(float.CreateTruncating)], matrix.Length, matrix.Length, Title(request, subject.Model.Shape.IsOnly(MixerKind.Softmax)))
        {
            Subtitle = $"{Path.GetFileName(request.Input)} · {subject.Name}{Part(request, subject.Model).Replace(", ", " · ", StringComparison.Ordinal)}",
            MarkedToken = subject.ClassToken,
            TokenLabels = subject.Labels,
            ColorMap = session.Arguments.GetValue(colors),
        });

    private static void CheckSizes(Request request, string name, IModel sizes)
    {
        if (request.Layer >= sizes.Depth)
        {
            throw new BadInputException($"layer {request.Layer} does not exist; {name} has layers 0 to {sizes.Depth - 1}");
        }

        if (sizes.Facts.Heads is { } heads && request.Head >= heads)
        {
            throw new BadInputException($"head {request.Head} does not exist; {name} has heads 0 to {heads - 1}");
        }

        if (sizes.Facts.Channels is not { } channels)
        {
            return;
        }

        if (request.Channel >= channels)
        {
            throw new BadInputException($"channel {request.Channel} does not exist; {name} has channels 0 to {channels - 1}");
        }

        if (request.TopChannels > channels)
        {
            throw new BadInputException($"--top-channels {request.TopChannels}: {name} has {channels} channels");
        }
    }

    private static void CheckToken(Request request, string name, int tokens, int? classToken)
    {
        var ranking = request.Token ?? classToken ?? -1;
        if (request.TopChannels is not null && (ranking < 0 || ranking >= tokens))
        {
            throw new BadInputException(ranking < 0
                ? $"{name} has no class token to rank channels by; name a token from 0 to {tokens - 1} with --token"
                : $"token {ranking} does not exist; the sequence has tokens 0 to {tokens - 1}");
        }
    }

    // A head is a unit of its own in softmax attention; in Mamba-2 its channels share one matrix of the scan.
    private static int[]? HeadUnits(MixerShape mixer, int? head)
    {
        if (head is not { } h || mixer.Count("channel") is not { } channels)
        {
            return head is { } unit ? [unit] : null;
        }

        var width = channels / mixer.Count("head") ?? channels;
        return [.. Enumerable.Range(h * width, width)];
    }

    private static string Title(Request request, bool isTransformer)
    {
        if (isTransformer)
        {
            return $"Softmax attention, layer {request.Layer}, {(request.Head is { } head ? $"head {head}" : "mean over heads")}";
        }

        var (mean, over) = (request.Sign == SignRule.Absolute ? "mean absolute value" : "mean", request.TopChannels is { } count ? $"the {count} strongest channels" : "channels");
        return $"Hidden attention, layer {request.Layer}, {(request.Channel is { } index ? $"channel {index}" : request.Head is { } h ? $"head {h}" : $"{mean} over {over}")}";
    }

    private static string Part(Request request, IModel sizes)
    {
        if (sizes.Shape.IsOnly(MixerKind.Softmax))
        {
            return "";
        }

        var part = $", {(request.View == AttentionView.S6 ? "scan alone (s6)" : "whole mixer (block)")}";
        return sizes is ILanguageModel ? part : $"{part}, {(request.Direction == ScanDirections.Both ? "both directions" : $"{request.Direction.ToString().ToLowerInvariant()} direction")}";
    }

    private sealed record Request(
        string Input, int Layer, int? Channel, int? TopChannels, int? Token, AttentionView View, ScanDirections Direction, SignRule Sign, int? Head)
    {
        internal string SignName => Sign == SignRule.Absolute ? "abs-mean" : "mean";
    }
}
