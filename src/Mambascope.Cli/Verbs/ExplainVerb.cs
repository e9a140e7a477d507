using System.CommandLine;
using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Cli.Texts;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>Why the model decided so: relevance maps by one or more methods.</summary>
internal sealed class ExplainVerb : Verb
{
    // What a model of each kind is explained by when nothing is said.
    private static readonly string[] mambaMethods = ["raw", "rollout", "attribution"];
    private static readonly string[] longTextMethods = ["raw", "rollout", "mamba-lrp"];
    private static readonly string[] transformerMethods = ["raw", "rollout", "transformer-attribution"];

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly PseudoMaskOptions pseudoMask;

    private readonly Option<string[]> methods = new("--method")
    {
        Description = $"Method; repeat for several side by side. Mamba: {MethodNames.Of(ModelShape.Of(MixerKind.Scan))}. Transformers: {MethodNames.Of(ModelShape.Of(MixerKind.Softmax))} [default: {string.Join(", ", mambaMethods)}; transformers: {string.Join(", ", transformerMethods)}]",
        HelpName = "METHOD",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<AttributionMode> mode = OptionKinds.Choice(
        "--mode", "Form of raw, rollout and attribution: the exact mixer, the paper's equations, or the released code [default: exact]",
        [("exact", AttributionMode.Exact), ("paper", AttributionMode.Paper), ("official", AttributionMode.Official)]);

    private readonly Option<string?> target = OptionKinds.Text("--target", "CLASS", "Class to explain, by index or label; of a text the next token, by id or as text that is one token [default: the most likely one]");
    private readonly Option<string?> against = OptionKinds.Text("--against", "TOKEN", "Next token that could have come instead: explains why the target and not this one");
    private readonly Option<int?> token = OptionKinds.Whole("--token", "N", "Token whose view is explained; of a text the one after which the next is asked for [default: the one that the classifier reads; the last of a text]", 0);
    private readonly Option<bool> everyPosition = OptionKinds.Switch("--every-position", $"Of a text of at most {EveryPosition.Longest} tokens: explain what comes after each token; in the page of --out a click picks the token");
    private readonly Option<int?> startLayer = OptionKinds.Whole("--start-layer", "N", "First layer that takes part [default: 0; official mode: 15/24 of the depth]", 0);

    private readonly Option<ChannelReduction> reduction = OptionKinds.Choice(
        "--reduce", "How channels become one [default: mean]",
        [("mean", ChannelReduction.Mean), ("max", ChannelReduction.Max), ("min", ChannelReduction.Min), ("product", ChannelReduction.Product)]);

    private readonly Option<SignRule?> sign = OptionKinds.Choice<SignRule?>(
        "--sign", "What is done to the sign of attention [default: keep; attribution: clamp]", [("keep", SignRule.Keep), ("clamp", SignRule.Clamp), ("absolute", SignRule.Absolute)]);

    private readonly Option<RowNormalisation> rows = OptionKinds.Choice(
        "--row-norm", "Scaling of rows before layers are multiplied [default: none]", [("none", RowNormalisation.None), ("l1", RowNormalisation.L1)]);

    private readonly Option<double?> residual = OptionKinds.Share("--residual", "WEIGHT", "Weight of the residual stream against the mixer in products of layers [default: 1]");

    private readonly Option<LrpVariant> lrpVariant = OptionKinds.Choice(
        "--lrp-variant", "Relevance rules of partial-lrp, full-lrp and their kin: with rescaled residual sums, or as compared with in the paper on Transformer-Attribution [default: rescaled]",
        [("rescaled", LrpVariant.Rescaled), ("original", LrpVariant.Original)]);

    private readonly Option<int?> steps = OptionKinds.Whole("--steps", "N", $"Steps of integrated-gradients [default: {new AttributionOptions().Steps}]", 1);
    private readonly Option<int?> samples = OptionKinds.Whole("--samples", "N", $"Samples of smoothgrad [default: {new AttributionOptions().Samples}]", 1);
    private readonly Option<double?> noise = OptionKinds.Share("--noise", "SHARE", $"Noise of smoothgrad as a share of the input's range [default: {new AttributionOptions().Noise}]");
    private readonly Option<int?> seed = OptionKinds.Whole("--seed", "N", "Seed of smoothgrad's noise [default: 0]");

    private readonly Option<ColorMap?> colors = OptionKinds.Choice("--color", "Colours of the maps [default: turbo]", [.. ColorMap.All.Select(map => (map.Name, (ColorMap?)map))]);
    private readonly Option<string?> picture = OptionKinds.Text("--out", "FILE", "Picture to write, .png, or page of a text, .html [default: INPUT-NAME.explained.png or .html in the current folder; none for --text and --tokens]");
    private readonly Option<string?> tensors = OptionKinds.Text("--save", "FILE.safetensors", "Also save the maps, scores, target and input as tensors; an existing file is replaced");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace an existing picture");

    internal ExplainVerb() : base("explain", "Why the model decided so: relevance maps over the picture, side by side, or over the tokens of a text")
    {
        methods.CompletionSources.Add([.. AttributionMethods.All.Select(method => method.Name).Distinct()]);
        token.Aliases.Add("--position");
        input = new(this, readsText: true);
        model = new(this, readsText: true);
        foreach (var option in new Option[] { methods, mode, target, against, token, everyPosition, startLayer, reduction, sign, rows, residual, lrpVariant, steps, samples, noise, seed, colors, picture, tensors, force })
        {
            Add(option);
        }

        pseudoMask = new(this);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope explain picture.jpg", "raw attention, rollout and Mamba-Attribution of the shipped model beside the picture"),
        ("mambascope explain picture.jpg --model vim_s_midclstok_80p5acc.pth --target 281 --method attribution", "why a released checkpoint might see class 281"),
        ("mambascope explain picture.jpg --method attribution --method mamba-lrp --method input-x-gradient", "three methods that depend on the class"),
        ("mambascope explain picture.jpg --method attribution --mask mask.png --boxes boxes.json --threshold otsu", "where the object is, drawn by nobody"),
        ("mambascope explain input.safetensors --model finetuned/ --mode paper --save maps.safetensors", "the maps as numbers, by the paper's equations"),
        ("mambascope explain --text \"To be, or not to b\" --target e --against u --out why.html", "why the shipped language model expects one letter and not another"),
        ("mambascope explain --text \"To be, or not to b\" --position 4 --method rollout", "what it made of the first five letters"),
        ("mambascope explain --text \"To be, or not to be\" --every-position --method mamba-lrp --out why.html", "a page to click through, letter by letter"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Files of --save hold map (or map.METHOD.MODE for several methods), logits, target and pixel_values; of a text map, logits of the explained\n"
            + "position, target, position and input_ids. --mask and --boxes need one --method; both are at the size of the picture as the model\n"
            + "sees it. A box reaches from left and top to before right and bottom.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (input.IsText(session, model.Named(session)))
        {
            ExecuteText(session);
            return;
        }

        if (session.Arguments.GetResult(against) is not null)
        {
            throw new UsageException("--against compares next tokens and is for language models; for a picture name another class with --target");
        }

        if (session.Arguments.GetValue(everyPosition))
        {
            throw new UsageException("--every-position is for text; for a picture name one token with --token");
        }

        var request = Request(session, input.Path(session), ".png", input.Path(session));
        using var classifier = model.Open(session);
        request = request with { Methods = Methods(session, classifier.Model.Shape) };
        if (request is { PseudoMask: not null, Methods.Count: not 1 })
        {
            throw new UsageException($"--mask and --boxes show one map, and {request.Methods.Count} methods were asked for: name one with --method");
        }

        if (session.IsDouble)
        {
            Execute<double>(session, request, classifier);
        }
        else
        {
            Execute<float>(session, request, classifier);
        }
    }

    private void ExecuteText(Session session)
    {
        if (session.Arguments.GetResult(colors) is not null)
        {
            throw new UsageException("--color is for pictures; text is coloured red for what speaks for the target and blue for what speaks against it");
        }

        if (session.Arguments.GetValue(mode) == AttributionMode.Official)
        {
            throw new UsageException("--mode official repeats the released code of Vision Mamba, which reads pictures; for a language model choose exact or paper");
        }

        var isEvery = session.Arguments.GetValue(everyPosition);
        if (isEvery && new Option[] { token, target, against, tensors }.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } other)
        {
            throw new UsageException($"--every-position and {other.Name} exclude each other: it explains the most likely next token after every token, in a page or with --json");
        }

        var text = input.Text(session);
        var request = Request(session, text.Name, ".html", text.File) with { EveryPosition = isEvery };
        using var language = model.OpenText(session);
        var kinds = language.Model.Shape;
        _ = Methods(session, kinds); // wrong names are refused before the text is read
        if (session.IsDouble)
        {
            TextExplaining.Execute<double>(session, request, text, language, MethodsFor);
        }
        else
        {
            TextExplaining.Execute<float>(session, request, text, language, MethodsFor);
        }

        AttributionMethod[] MethodsFor(int length) => Methods(session, kinds, length > TextExplaining.LongestRecorded ? longTextMethods : mambaMethods);
    }

    // What is written without being named is named after the input's file; the terminal shows a text's explanation in any case.
    private ExplainRequest Request(Session session, string name, string ending, string? file)
    {
        var arguments = session.Arguments;
        var (tensorFile, mayReplace) = (arguments.GetValue(tensors), arguments.GetValue(force));
        var named = arguments.GetValue(picture);
        if (named is not null && !named.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out {named}: expected a name that ends in {ending}");
        }

        var weak = pseudoMask.Read(session, mayReplace);
        if (weak is not null && ending != ".png")
        {
            throw new UsageException("--mask and --boxes are of pictures; of a text --save keeps the relevance of every token");
        }

        var isOnlyResult = tensorFile is null && weak is null && ending == ".png";
        var pictureFile = named is null && file is null ? null : OutputFile.Picture(session, named, OutputFile.Beside(file ?? named!, ".explained" + ending), isOnlyResult, mayReplace);
        if (tensorFile is not null)
        {
            OutputFile.Check(tensorFile, mayReplace: true);
        }

        RefuseTwice([pictureFile, tensorFile, weak?.Mask, weak?.Boxes]);
        var standard = new AttributionOptions();
        var options = standard with
        {
            Mode = arguments.GetValue(mode),
            StartLayer = arguments.GetValue(startLayer),
            Reduction = arguments.GetValue(reduction),
            Sign = arguments.GetValue(sign),
            RowNormalisation = arguments.GetValue(rows),
            ResidualWeight = arguments.GetValue(residual) ?? standard.ResidualWeight,
            LrpVariant = arguments.GetValue(lrpVariant),
            Steps = arguments.GetValue(steps) ?? standard.Steps,
            Samples = arguments.GetValue(samples) ?? standard.Samples,
            Noise = arguments.GetValue(noise) ?? standard.Noise,
            Seed = arguments.GetValue(seed) ?? standard.Seed,
        };
        return new(name, [], options, arguments.GetValue(target), arguments.GetValue(against), arguments.GetValue(token), arguments.GetValue(colors) ?? ColorMap.Turbo, pictureFile, tensorFile, weak, mayReplace);
    }

    private static void RefuseTwice(IEnumerable<string?> files)
    {
        if (files.OfType<string>().GroupBy(Path.GetFullPath, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"{twice.First()} is named twice: give each of --out, --save, --mask and --boxes a file of its own");
        }
    }

    private AttributionMethod[] Methods(Session session, ModelShape kinds, string[]? ofMamba = null)
    {
        var words = session.Arguments.GetValue(methods) is { Length: > 0 } given ? given : kinds.IsOnly(MixerKind.Softmax) ? transformerMethods : ofMamba ?? mambaMethods;
        return [.. words.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal).Select(name => MethodNames.Find(name, kinds))];
    }

    private static void Execute<T>(Session session, ExplainRequest request, ImageClassifier classifier)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[]? classes = request.Target is { } named ? [classifier.Labels.Find(named)] : null;
        if (request.Options.StartLayer is { } start && start >= classifier.Model.Depth)
        {
            throw new BadInputException($"layer {start} does not exist; {classifier.Name} has layers 0 to {classifier.Model.Depth - 1}");
        }

        var image = InputArgument.Read(session, request.Input, classifier);
        using var run = session.Progress.During("running the model", () => classifier.Run<T>(image));
        using var decision = new Decision<T>(run.Trace, classes, request.Token);
        var maps = request.Methods
            .Select(method => session.Progress.During($"explaining: {request.NameOf(method)}", () => method.Explain(decision, classifier.Model, request.Options)[0]))
            .ToArray();
        var check = session.Progress.During("checking", () => SelfCheck.Of(run.Trace));
        var explanation = new Explanation<T>(request, run, run.Scores[decision.Targets[0]], decision.Token, maps, check);
        Deliver(session, explanation);
    }

    private static void Deliver<T>(Session session, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var request = explanation.Request;
        if (request.Tensors is { } tensors)
        {
            ExplanationTensors.Save(explanation, tensors);
        }

        if (request.Picture is { } picture)
        {
            OutputFile.WritePng(ExplanationSheet.Render(explanation), picture, request.MayReplace);
        }

        var weak = request.PseudoMask is { } asked ? PseudoMaskFiles.Of(asked, explanation) : null;
        weak?.Save(explanation);
        if (session.Json)
        {
            var result = ExplanationReport.Json(explanation, request.Picture, request.Tensors);
            if (weak is not null)
            {
                result["pseudo_mask"] = weak.Json(explanation);
                (result["mask_file"], result["boxes_file"]) = (weak.Request.Mask, weak.Request.Boxes);
            }

            session.WriteJson(result);
        }
        else
        {
            ExplanationReport.Write(session.Out, explanation, [.. new[] { request.Picture, request.Tensors }.OfType<string>(), .. weak?.Lines ?? []]);
        }

        ExplanationReport.WarnOf(session, explanation.Check);
        foreach (var (method, map) in explanation.Panels.Where(panel => panel.Map.Degenerate is not null))
        {
            session.Warn($"the map of {request.NameOf(method)} says nothing: {map.Degenerate}");
        }
    }
}
