using System.CommandLine;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Cli.Explanations;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>Why the model decided so: relevance maps by one or more methods.</summary>
internal sealed class ExplainVerb : Verb
{
    private const string Png = ".png";

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly PseudoMaskOptions pseudoMask;

    private readonly MethodOptions methods = new();
    private readonly Option<string?> target = OptionKinds.Text(
        "--target",
        "CLASS",
        "Class to explain, by index or label; of a text the next token, by id or as text that is one token [default: the most likely one]");
    private readonly Option<string?> against = OptionKinds.Text(
        "--against", "TOKEN", "Next token that could have come instead: explains why the target and not this one");
    private readonly Option<int?> token = OptionKinds.Whole(
        "--token",
        "N",
        "Token whose view is explained; of a text the one after which the next is asked for [default: the one that the classifier reads; "
            + "the last of a text]",
        0);
    private readonly Option<bool> everyPosition = OptionKinds.Switch(
        "--every-position",
        $"Of a text of at most {Explaining.LongestOfEveryPosition} tokens: explain what comes after each token; in the report of --out a "
            + "click picks the token");
    private readonly Option<bool> sanity = OptionKinds.Switch(
        "--sanity",
        $"Also explain the answer in {WeightDependence.StandardDraws} models with all weights in random order, and say how much of each "
            + "map is left: that part shows the input or the architecture, not what was learned");
    private readonly MapColorOptions colors = new();
    private readonly Option<string?> picture = OptionKinds.Text(
        "--out",
        "FILE",
        "Picture to write, .png, or page in which one looks inside, as explore shows it, .html: one file that needs no server; of several "
            + "inputs, and with --every-position, a report [default: INPUT-NAME.explained.png, of a text .html, in the current folder; "
            + "none for --text and --tokens]");
    private readonly Option<string?> tensors = OptionKinds.Text(
        "--save", TensorFile.HelpName, "Also save the maps, scores, target and input as tensors; of several inputs a folder");
    private readonly Option<bool> original = OriginalOption.Create();
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace existing files");

    internal ExplainVerb()
        : base("explain", "Why the model decided so: relevance maps over the picture, side by side, over a series or the tokens of a text")
    {
        token.Aliases.Add("--position");
        input = new(this, readsText: true, takesMany: true, readsSeries: true);
        model = new(this, readsText: true, readsSeries: true);
        foreach (
            var option in (Option[])
                [
                    .. methods.First, target, against, token, everyPosition, .. methods.Others, sanity, .. colors.All, picture, tensors,
                    original, force,
                ])
        {
            Add(option);
        }

        pseudoMask = new(this);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope explain picture.jpg", "what the shipped model went by, by the method that measures best on such models"),
        (
            "mambascope explain picture.jpg --method mamba-lrp --method attribution --out why.html",
            "a page to look inside, with maps, masks and every layer, in one file to send to somebody"),
        ("mambascope explain photos/ more/*.png --out all.html", "many pictures in one report that can be sorted by class and certainty"),
        (
            "mambascope explain picture.jpg --model vim_s_midclstok_80p5acc.pth --target 281 --method attribution",
            "why a released checkpoint might see class 281"),
        (
            "mambascope explain picture.jpg --method attribution --method mamba-lrp --method input-x-gradient",
            "three methods that depend on the class"),
        (
            "mambascope explain picture.jpg --method mamba-lrp,attribution --sanity",
            "how much of each map is there with shuffled weights, too"),
        (
            "mambascope explain picture.jpg --method attribution --mask mask.png --boxes boxes.json --threshold otsu",
            "where the object is, drawn by nobody"),
        (
            "mambascope explain photo.jpg --method mamba-lrp --original --mask mask.png --boxes boxes.json",
            "map, mask and boxes in the pixels of the photo, whatever the model's own size and crop"),
        ("mambascope explain photos/ --mask masks/ --out all.html", "a mask NAME.mask.png for each, as evaluate --data reads them"),
        (
            "mambascope explain measured.csv --model my-model --method mamba-lrp --method occlusion --out why.png",
            "which steps and channels of a series count, or which columns of a table, by a model that mambascope train made"),
        (
            "mambascope explain input.safetensors --model finetuned/ --mode paper --save maps.safetensors",
            "the maps as numbers, by the paper's equations"),
        (
            "mambascope explain --text \"To be, or not to b\" --target e --against u --out why.html",
            "why the shipped language model expects one letter and not another"),
        ("mambascope explain --text \"To be, or not to b\" --position 4 --method rollout", "what it made of the first five letters"),
        (
            "mambascope explain --text \"To be, or not to be\" --every-position --method mamba-lrp --out why.html",
            "a page to click through, letter by letter"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Files of --save hold map (or map.METHOD.MODE for several methods), logits, target and pixel_values; of a text map, logits of "
            + "the explained\n"
            + "position, target, position and input_ids. --mask and --boxes need one --method; both are at the size of the picture as the "
            + "model\n"
            + "sees it. A box reaches from left and top to before right and bottom. With --original sheet, mask and boxes are of "
            + "the whole\n"
            + "picture, upright, and --save also holds map_original (height, width), NaN where a crop kept the model from looking.\n"
            + "convergence error: of integrated-gradients the share of the score's change that its map misses, of smoothgrad the standard "
            + "error of\n"
            + "its map as a share of the map; 0 is perfect, and above 0.05 integrated-gradients warns.\n"
            + "--sanity: similarity is the rank correlation with the map of the trained model, without its sign. Near what chance "
            + "leaves is right; a\n"
            + "map that keeps half hardly depends on the weights. Over a data set, with the cascade: evaluate sanity.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (input.IsSeries(session, model.Named(session)))
        {
            ExecuteSeries(session);
            return;
        }

        if (input.IsText(session, model.Named(session)))
        {
            ExecuteText(session);
            return;
        }

        if (session.Arguments.GetResult(against) is not null)
        {
            throw new UsageException(
                "--against compares next tokens and is for language models; for a picture name another class with --target");
        }

        if (session.Arguments.GetValue(everyPosition))
        {
            throw new UsageException("--every-position is for text; for a picture name one token with --token");
        }

        var given = input.All(session);
        if (given.Count > 1)
        {
            var page = PageFiles(session, given, pseudoMask.ReadMany(session));
            using var many = model.Open(session);
            RefuseSeveralMaps(page, Request(session, many), many);
            ExplainMany(
                session, page, Request(session, many), many, many.Preprocessing.Words, given, one => one.Path,
                one => PictureOptions.Read(one, input.PictureFiles(session), many));
            return;
        }

        var only = input.One(session);
        var files = Files(session, only.Path, isText: false);
        using var classifier = model.Open(session);
        var request = Request(session, classifier);
        RefuseSeveralMaps(files, request, classifier);
        Run(session, files, request, classifier, () => input.Read(session, only, classifier));
    }

    private static void RefuseSeveralMaps(ExplanationFiles files, ExplanationRequest request, LoadedModel model)
    {
        if (files.PseudoMask is not null && request.Chosen(model) is { Count: var count and not 1 })
        {
            throw new UsageException($"--mask and --boxes show one map, and {count} methods were asked for: name one with --method");
        }
    }

    private void ExecuteSeries(Session session)
    {
        Option[] foreign = [against, everyPosition, original, token];
        if (foreign.FirstOrDefault(option => session.Arguments.GetResult(option) is { Implicit: false }) is { } other)
        {
            var readers = other == original ? "pictures" : other == token ? "pictures and text" : "text";
            throw new UsageException($"{other.Name} is for {readers}, and {model.Named(session)} reads series");
        }

        if (pseudoMask.ReadMany(session) is not null)
        {
            throw new UsageException("--mask and --boxes are of pictures; of a series --save keeps the relevance of every step");
        }

        if (methods.IsOfficial(session))
        {
            throw new UsageException(
                "--mode official repeats the released code of Vision Mamba, which reads pictures; for series choose exact or paper");
        }

        using var series = model.OpenSeries(session);
        var request = Request(session, series);
        _ = request.Resolve(series); // wrong names are refused before the input is read
        var cases = input.Series(session, series);
        if (cases.Count > 1)
        {
            var page = PageFiles(session, [.. cases.Select(one => new GivenInput(one.InFull))]);
            ExplainMany(session, page, request, series, preprocessing: null, cases, one => one.InFull, one => one);
            return;
        }

        Run(session, Files(session, FileNameOf(cases[0]), isText: false), request, series, () => cases[0]);
    }

    // GunPoint_TEST.ts#3 makes GunPoint_TEST-3.explained.png.
    private static string FileNameOf(SeriesSubject one)
        => $"{Path.GetFileNameWithoutExtension(one.Data.Path)}-{string.Concat(one.Case.Name.Take(40).Select(Plain))}.ts";

    private static char Plain(char c) => char.IsLetterOrDigit(c) || c is '-' or '_' ? c : '-';

    private void ExecuteText(Session session)
    {
        if (session.Arguments.GetValue(original))
        {
            throw new UsageException($"{OriginalOption.Name} is for pictures; a text has no other size than its own");
        }

        if (colors.All.Any(option => session.Arguments.GetResult(option) is not null))
        {
            throw new UsageException(
                "--color and --scale are for pictures; text is coloured red for what speaks for the target and blue for what speaks "
                    + "against it");
        }

        if (methods.IsOfficial(session))
        {
            throw new UsageException(
                "--mode official repeats the released code of Vision Mamba, which reads pictures; for a language model choose exact or "
                    + "paper");
        }

        var isEvery = session.Arguments.GetValue(everyPosition);
        if (
            isEvery
            && new Option[] { token, target, against, tensors, sanity }.FirstOrDefault(option => IsGiven(session, option)) is { } other)
        {
            throw new UsageException(
                $"--every-position and {other.Name} exclude each other: it explains the most likely next token after every token, in a "
                    + "page or with --json");
        }

        if (!isEvery && input.Texts(session) is { Count: > 1 } texts)
        {
            RefuseOfText(pseudoMask.ReadMany(session));
            var page = PageFiles(session, [.. texts.Select(each => new GivenInput(each.File ?? each.Name))]);
            using var many = model.OpenText(session);
            ExplainMany(
                session,
                page,
                Request(session, many),
                many,
                preprocessing: null,
                texts,
                one => one.File ?? one.Name,
                one => one.Read(many));
            return;
        }

        var text = input.Text(session);
        var files = Files(session, text.File, isText: true);
        using var language = model.OpenText(session);
        Run(session, files, Request(session, language), language, () =>
            session.Progress.During("reading the text", () => text.Read(language)));
    }

    private void Run(Session session, ExplanationFiles files, ExplanationRequest request, LoadedModel model, Func<Subject> read)
    {
        _ = request.Resolve(model); // wrong names are refused before the input is read
        var subject = read();
        if (session.IsDouble)
        {
            Run<double>(session, files, request, model, subject);
        }
        else
        {
            Run<float>(session, files, request, model, subject);
        }
    }

    private void Run<T>(Session session, ExplanationFiles files, ExplanationRequest request, LoadedModel model, Subject subject)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (session.Arguments.GetValue(everyPosition))
        {
            var all = session.Progress.Following("running the model", steps =>
                Explaining.EveryPosition<T>((TextModel)model, (TextSubject)subject, request, progress: steps));
            ExplanationDelivery.DeliverEveryPosition(session, files, all);
        }
        else
        {
            ExplanationDelivery.Deliver(
                session,
                files,
                session.Progress.Following("running the model", steps => Explaining.Explain<T>(model, subject, request, progress: steps)));
        }
    }

    private ExplanationFiles PageFiles(Session session, IReadOnlyList<GivenInput> given, PseudoMaskRequest? weak = null)
    {
        var arguments = session.Arguments;
        if (arguments.GetValue(picture) is { } named && !named.EndsWith(".html", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out {named}: several inputs make one report; expected a name that ends in .html");
        }

        var mayReplace = arguments.GetValue(force);
        var folder = arguments.GetValue(tensors);
        var page = OutputFile.Picture(
            session, arguments.GetValue(picture), "explained.html", isOnlyResult: folder is null && weak is null, mayReplace);
        var isOriginal = session.Arguments.GetResult(original) is not null
            && given.Any(one => OriginalOption.Read(session, original, one.Path));
        return new(page, folder, weak, colors.Read(arguments), isOriginal, mayReplace);
    }

    private static void ExplainMany<TInput>(
        Session session, ExplanationFiles files, ExplanationRequest request, LoadedModel model, string? preprocessing,
        IReadOnlyList<TInput> given, Func<TInput, string> name, Func<TInput, Subject> read)
    {
        // What nobody is told need not be found out: the page says nothing of the check.
        request = request with { IsChecked = session.Json };
        _ = request.Resolve(model); // wrong names are refused before any input is read
        var folders = new ExplanationFolders(files);
        folders.Check(given.Select(name));
        var batch = session.IsDouble
            ? Explained<double, TInput>(session, files, request, model, folders, given, name, read)
            : Explained<float, TInput>(session, files, request, model, folders, given, name, read);
        var because = request.Methods is null ? StandardMethods.Because(model) : null;
        ExplanationDelivery.DeliverMany(session, files, new(model.Name, preprocessing, because), batch);
    }

    private static Batch<ExplainedInput> Explained<T, TInput>(
        Session session, ExplanationFiles files, ExplanationRequest request, LoadedModel model, ExplanationFolders folders,
        IReadOnlyList<TInput> given, Func<TInput, string> name, Func<TInput, Subject> read)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Batch<ExplainedInput>.Of(
            session, $"explaining by {model.Name}", given, name, read, subject => Explaining.Explain<T>(model, subject, request),
            explanation =>
            {
                var json = session.Json ? ExplanationJson.Of(explanation) : null;
                folders.Save(explanation, json);
                return ExplanationCollection.Of(explanation, files.Colors, files.IsOriginal, json);
            });

    private ExplanationRequest Request(Session session, LoadedModel model) => new()
    {
        Methods = methods.Methods(session, model),
        Options = methods.Read(session),
        Target = session.Arguments.GetValue(target),
        Against = session.Arguments.GetValue(against),
        Token = session.Arguments.GetValue(token),
        Shuffles = session.Arguments.GetValue(sanity) ? WeightDependence.StandardDraws : 0,
    };

    private static bool IsGiven(Session session, Option option) => session.Arguments.GetResult(option) is { Implicit: false };

    // What is written without being named is named after the input's file; the terminal shows a text's explanation in any case.
    private ExplanationFiles Files(Session session, string? file, bool isText)
    {
        var arguments = session.Arguments;
        var (tensorFile, mayReplace) = (arguments.GetValue(tensors), arguments.GetValue(force));
        var named = arguments.GetValue(picture);
        if (named is not null && !ExplanationFiles.IsPageName(named) && (isText || !HasEnding(named, Png)))
        {
            throw new UsageException($"--out {named}: expected a name that ends in {(isText ? "" : $"{Png} or ")}{ExplanationFiles.Page}");
        }

        if (
            !isText && ExplanationFiles.IsPageName(named)
            && colors.All.FirstOrDefault(option => IsGiven(session, option)) is { } color)
        {
            throw new UsageException($"{color.Name} is for {Png} files; a page has colours of its own, and a slider");
        }

        var weak = pseudoMask.Read(session, mayReplace);
        if (isText)
        {
            RefuseOfText(weak);
        }

        var ending = isText ? ExplanationFiles.Page : Png;
        var isOnlyResult = tensorFile is null && weak is null && !isText;
        var pictureFile =
            named is null && file is null
                ? null
                : OutputFile.Picture(
                    session, named, OutputFile.Beside(file ?? named!, ".explained" + ending, arguments.GetValue(target)), isOnlyResult,
                    mayReplace);
        if (tensorFile is not null)
        {
            OutputFile.Check(tensorFile, mayReplace, "--save");
        }

        OutputFile.RefuseTwice([pictureFile, tensorFile, weak?.Mask, weak?.Boxes]);
        var isOriginal = !isText && OriginalOption.Read(session, original, file!);
        return new(pictureFile, tensorFile, weak, colors.Read(arguments), isOriginal, mayReplace);
    }

    private static bool HasEnding(string name, string ending) => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static void RefuseOfText(PseudoMaskRequest? weak)
    {
        if (weak is not null)
        {
            throw new UsageException("--mask and --boxes are of pictures; of a text --save keeps the relevance of every token");
        }
    }
}
