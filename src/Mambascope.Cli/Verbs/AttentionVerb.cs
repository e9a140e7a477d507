using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Checkpoints;
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
    private readonly Option<int?> channel = OptionKinds.Whole("--channel", "E", "One channel, counted from 0, in place of a mean over all", 0);
    private readonly Option<int?> top = OptionKinds.Whole("--top-channels", "K", "Mean over the K channels that attend most in one token's row (they are named), in place of all", 1);
    private readonly Option<int?> token = OptionKinds.Whole("--token", "N", "Token whose row ranks channels for --top-channels [default: the class token]", 0);
    private readonly Option<SignRule?> reduction = OptionKinds.Choice("--reduce", "Mean over channels of the entries, or of their absolute values [default: mean]", [("mean", (SignRule?)SignRule.Keep), ("abs-mean", SignRule.Absolute)]);
    private readonly Option<ScanDirections> direction = OptionKinds.Choice("--direction", "Direction of the scan; the matrix is in the order of the tokens in any case [default: both]", [("both", ScanDirections.Both), ("forward", ScanDirections.Forward), ("backward", ScanDirections.Backward)]);
    private readonly Option<AttentionView> view = OptionKinds.Choice("--view", "The scan alone (y = alpha u), or the whole mixer from x to its gated output [default: s6]", [("s6", AttentionView.S6), ("block", AttentionView.Block)]);
    private readonly Option<ColorMap?> colors = OptionKinds.Choice("--color", "Colours of the picture [default: viridis, or diverging where there are negative entries]", [.. ColorMap.All.Select(map => (map.Name, (ColorMap?)map))]);
    private readonly Option<string?> output = OptionKinds.Text("--out", "FILE", "File to write, by its ending: .png, .npy or .safetensors [default: INPUT-NAME.attention.png in the current folder]");
    private readonly Option<string?> tensors = OptionKinds.Text("--save", "FILE.safetensors", "Also save the matrix as the tensor attention (L, L); an existing file is replaced");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace an existing file of --out");

    private readonly Option<int?> head = OptionKinds.Whole("--head", "H", "One head of a transformer, counted from 0, in place of the mean over all", 0);

    internal AttentionVerb() : base("attention", "One hidden attention matrix, as a picture or as numbers")
    {
        input = new(this);
        model = new(this);
        foreach (var option in new Option[] { layer, channel, top, token, reduction, direction, view, head, colors, output, tensors, force })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope attention picture.jpg --layer 12", "mean over channels of layer 12, both directions, as a picture"),
        ("mambascope attention picture.jpg --layer 12 --channel 7 --direction forward --out channel7.npy", "one channel of the forward scan, for NumPy"),
        ("mambascope attention picture.jpg --layer 12 --top-channels 8", "the eight channels in which the class token attends most, named and averaged"),
        ("mambascope attention picture.jpg --layer 0 --view block --reduce abs-mean --save matrix.safetensors", "the whole mixer of the first layer, mean of absolute values"),
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

        var request = new Request(
            input.Path(session), number, arguments.GetValue(channel), arguments.GetValue(top), arguments.GetValue(token), arguments.GetValue(view), arguments.GetValue(direction), arguments.GetValue(reduction) ?? SignRule.Keep, arguments.GetValue(head));
        var files = Files(session, request.Input);
        using var classifier = model.Open(session);
        CheckKind(session, classifier);
        if (session.IsDouble)
        {
            Execute<double>(session, request, files, classifier);
        }
        else
        {
            Execute<float>(session, request, files, classifier);
        }
    }

    // Channels, directions and views are a scan's; heads are a transformer's.
    private void CheckKind(Session session, ImageClassifier classifier)
    {
        var isTransformer = classifier.Model.LayerKinds == LayerKinds.Attention;
        var foreign = isTransformer ? [channel, top, token, reduction, direction, view] : new Option[] { head };
        if (foreign.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } option)
        {
            throw new UsageException(isTransformer
                ? $"{option.Name} is for Mamba; {classifier.Name} is a transformer: its layers have one matrix a head, see --head"
                : $"--head is for transformers; {classifier.Name} has one matrix a channel: use --channel");
        }
    }

    private string[] Files(Session session, string path)
    {
        var (named, saved, mayReplace) = (session.Arguments.GetValue(output), session.Arguments.GetValue(tensors), session.Arguments.GetValue(force));
        if (named is not null && Path.GetExtension(named).ToUpperInvariant() is not (".PNG" or ".NPY" or ".SAFETENSORS"))
        {
            throw new UsageException($"--out {named}: expected a name that ends in .png, .npy or .safetensors");
        }

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
        CheckSizes(request, classifier);
        var classToken = ModelFacts.ClassToken(classifier.Model);
        var image = InputArgument.Read(session, request.Input, classifier);
        using var run = session.Progress.During("running the model", () => classifier.Run<T>(image));
        var layerTrace = run.Trace.Layers[request.Layer];
        var ranked = request.TopChannels is { } count
            ? ChannelRanking.Top(classifier.Workers, run.Trace.Tape.Pool, run.Trace.MambaLayers[request.Layer], 0, request.Token ?? classToken!.Value, count, request.View, request.Direction)
            : null;
        var matrix = session.Progress.During("computing the matrix", () => layerTrace switch
        {
            AttentionLayerTrace<T> attention => request.Head is { } h ? HeadMatrix.Of(attention, 0, h) : HeadMatrix.Mean(attention, 0),
            MambaLayerTrace<T> mamba when request.Channel is { } index => ChannelMatrix.Of(mamba, 0, index, request.View, request.Direction),
            MambaLayerTrace<T> mamba => MatrixReduction.Reduce(
                classifier.Workers, mamba, 0, new() { View = request.View, Directions = request.Direction, Sign = request.Sign, Channels = ranked?.Select(r => r.Channel).ToArray() }),
            _ => throw new InvalidOperationException($"A {layerTrace.GetType().Name} has no matrices."),
        });
        var isTransformer = layerTrace is AttentionLayerTrace<T>;
        var check = session.Progress.During("checking", () => SelfCheck.Of(run.Trace));
        foreach (var file in files)
        {
            Write(file, matrix, request, classifier, session);
        }

        var (least, most) = (double.CreateTruncating(matrix.Values.Min()), double.CreateTruncating(matrix.Values.Max()));
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["input"] = request.Input,
                ["model"] = classifier.Name,
                ["precision"] = typeof(T) == typeof(double) ? "double" : "single",
                ["layer"] = request.Layer,
                ["channel"] = request.Channel,
                ["top_channels"] = ranked is null ? null : new JsonArray([.. ranked.Select(r => new JsonObject { ["channel"] = r.Channel, ["weight"] = double.CreateTruncating(r.Weight) })]),
                ["head"] = request.Head,
                ["reduce"] = request.Channel is null && request.Head is null ? request.SignName : null,
                ["direction"] = isTransformer ? null : request.Direction.ToString().ToLowerInvariant(),
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

            session.Out.WriteLine($"{Title(request, isTransformer)}{Part(request, isTransformer)}: {matrix.Length} x {matrix.Length}, from {least:G4} to {most:G4}");
            foreach (var file in files)
            {
                session.Out.WriteLine($"wrote {file}");
            }
        }

        ExplanationReport.WarnOf(session, check);
    }

    private void Write<T>(string file, AttentionMatrix<T> matrix, Request request, ImageClassifier classifier, Session session)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[] shape = [matrix.Length, matrix.Length];
        switch (Path.GetExtension(file).ToUpperInvariant())
        {
            case ".PNG":
                var isTransformer = classifier.Model.LayerKinds == LayerKinds.Attention;
                var plot = new MatrixPlot([.. matrix.Values.Select(float.CreateTruncating)], matrix.Length, matrix.Length, Title(request, isTransformer))
                {
                    Subtitle = $"{Path.GetFileName(request.Input)} · {classifier.Name}{Part(request, isTransformer).Replace(", ", " · ", StringComparison.Ordinal)}",
                    MarkedToken = ModelFacts.ClassToken(classifier.Model),
                    ColorMap = session.Arguments.GetValue(colors),
                };
                OutputFile.WritePng(plot.Render(), file, mayReplace: true);
                break;
            case ".NPY":
                Interruption.Shield(() => NpyWriter.Write<T>(file, shape, matrix.Values));
                break;
            default:
                var writer = new SafetensorsWriter();
                ExplanationTensors.Add(writer, "attention", shape, matrix.Values);
                Interruption.Shield(() => writer.Save(file));
                break;
        }
    }

    private static void CheckSizes(Request request, ImageClassifier classifier)
    {
        var (name, depth, tokens) = (classifier.Name, classifier.Model.Depth, ModelFacts.Tokens(classifier.Model));
        if (request.Layer >= depth)
        {
            throw new BadInputException($"layer {request.Layer} does not exist; {name} has layers 0 to {depth - 1}");
        }

        if (classifier.Model is VisionTransformer { Config.Heads: var heads } && request.Head >= heads)
        {
            throw new BadInputException($"head {request.Head} does not exist; {name} has heads 0 to {heads - 1}");
        }

        if (classifier.Model is not VisionMamba { Config.InnerWidth: var channels })
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

        var ranking = request.Token ?? ModelFacts.ClassToken(classifier.Model) ?? -1;
        if (request.TopChannels is not null && (ranking < 0 || ranking >= tokens))
        {
            throw new BadInputException(ranking < 0
                ? $"{name} has no class token to rank channels by; name a token from 0 to {tokens - 1} with --token"
                : $"token {ranking} does not exist; the sequence has tokens 0 to {tokens - 1}");
        }
    }

    private static string Title(Request request, bool isTransformer)
    {
        if (isTransformer)
        {
            return $"Softmax attention, layer {request.Layer}, {(request.Head is { } head ? $"head {head}" : "mean over heads")}";
        }

        var (mean, over) = (request.Sign == SignRule.Absolute ? "mean absolute value" : "mean", request.TopChannels is { } count ? $"the {count} strongest channels" : "channels");
        return $"Hidden attention, layer {request.Layer}, {(request.Channel is { } index ? $"channel {index}" : $"{mean} over {over}")}";
    }

    private static string Part(Request request, bool isTransformer)
        => isTransformer ? "" : $", {(request.View == AttentionView.S6 ? "scan alone (s6)" : "whole mixer (block)")}, {(request.Direction == ScanDirections.Both ? "both directions" : $"{request.Direction.ToString().ToLowerInvariant()} direction")}";

    private sealed record Request(
        string Input, int Layer, int? Channel, int? TopChannels, int? Token, AttentionView View, ScanDirections Direction, SignRule Sign, int? Head)
    {
        internal string SignName => Sign == SignRule.Absolute ? "abs-mean" : "mean";
    }
}
