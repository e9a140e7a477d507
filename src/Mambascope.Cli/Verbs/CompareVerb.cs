using System.CommandLine;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Cli.Comparing;
using Mambascope.Cli.Explanations;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>Two or more models, the same picture, the same methods, one sheet.</summary>
internal sealed class CompareVerb : Verb
{
    private const string StandardModels = "demo-vim,demo-deit";
    private const int StandardTokens = 64;

    private readonly InputArgument input;
    private readonly ModelsOptions opening = new();

    private readonly Option<string[]> models = new("--models", "--model", "-m")
    {
        Description =
            "Two or more models with commas between them, or the option repeated: folder, weight file, shipped model, or "
                + $"random:PRESET[:SEED] [default: {StandardModels}]",
        HelpName = "A,B",
    };

    private readonly Option<string[]> methods = new("--method")
    {
        Description =
            "Method, or METHOD.FORM such as rollout.paper, a column of the sheet; repeat for several. attribution means each model's own: "
                + "Mamba-Attribution or transformer-attribution; a model that a method does not explain leaves its column empty [default: "
                + $"{StandardMethods.Listed(ModelInput.Pictures)}]. For both kinds: {string.Join(", ", Common())}",
        HelpName = "METHOD[.FORM]",
    };

    private readonly Option<AttributionMode[]> mode = ModeOption.Create();

    private readonly MethodOptions how = new();
    private readonly Option<string?> target = OptionKinds.Text(
        "--target", "CLASS", "Class to explain, by index or label, looked up in each model [default: each model's own answer]");
    private readonly MapColorOptions colors = new();
    private readonly Option<string?> picture = OptionKinds.Text(
        "--out", "FILE.png", "Picture to write [default: INPUT-NAME.compared.png, with the target in between, in the current folder]");
    private readonly Option<string?> matrices = OptionKinds.Text(
        "--matrices",
        "FILE.png",
        "Also a picture of attention matrices at 25, 50 and 75 % of each model's depth: hidden attention beside softmax attention");
    private readonly Option<int?> firstTokens = OptionKinds.Whole(
        "--first-tokens", "N", $"Tokens that --matrices shows, from the start of the sequence [default: {StandardTokens}]", 1);
    private readonly Option<string?> tensors = OptionKinds.Text(
        "--save", TensorFile.HelpName, "Also save maps, scores, targets, inputs and matrices as tensors");
    private readonly Option<bool> original = OriginalOption.Create();
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace existing files");

    internal CompareVerb() : base("compare", "Two or more models, the same picture, the same methods: one sheet")
    {
        models.CompletionSources.Add([.. ModelSpecification.Shipped()]);
        methods.CompletionSources.Add([.. Common()]);
        input = new(this);
        Option[] all =
            [
                models, methods, mode, .. how.Others, target, .. opening.OfPictures, .. colors.All, picture, matrices, firstTokens,
                tensors, original, force,
            ];
        foreach (var option in all)
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope compare picture.jpg", "the shipped pair: a row for the Mamba, a row for the transformer, a column for each method"),
        (
            "mambascope compare picture.jpg --models demo-vim,demo-deit --matrices attention.png",
            "also hidden attention beside softmax attention, layer by layer"),
        (
            "mambascope compare picture.jpg --models vim_s_midclstok_80p5acc.pth,deit_small_patch16_224-cd65a155.pth --target goldfish",
            "why two released models might see a goldfish"),
        (
            "mambascope compare picture.jpg --models vim.pth,deit.pth --heads deit.pth:3 --weights vim.pth:model_ema --labels classes.txt",
            "files without a config.json: what they do not say is said, of one of them or of all"),
        (
            "mambascope compare picture.jpg --models before/,after/ --method attribution --method input-x-gradient --save maps.safetensors",
            "the same model before and after fine-tuning, with the maps as numbers"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Each model reads the picture through its own preprocessing. Files of --save hold map.MODEL.METHOD (METHOD as asked for), "
            + "logits.MODEL,\n"
            + "target.MODEL, pixel_values.MODEL and, with --matrices, attention.MODEL.layerN as shown: |alpha| from 0 to 1, or "
            + "probabilities.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var request = Request(session);
        var classifiers = new List<ImageClassifier>();
        try
        {
            foreach (var name in request.Models)
            {
                classifiers.Add(ModelOptions.Open(session, name, opening.Pictures(session, request.Models, name)));
            }

            RefuseUnread(session, request, classifiers);
            if (session.IsDouble)
            {
                Execute<double>(session, request, classifiers);
            }
            else
            {
                Execute<float>(session, request, classifiers);
            }
        }
        finally
        {
            classifiers.ForEach(classifier => classifier.Dispose());
        }
    }

    // A method that no model has, a model that no method explains, a mode that none reads.
    private void RefuseUnread(Session session, CompareRequest request, List<ImageClassifier> classifiers)
    {
        var (columns, notes) = (request.Columns ?? [], new List<string>());
        foreach (var column in columns)
        {
            var unable = classifiers.Where(classifier => !MethodNames.Explains(column.Name, classifier.Model.Shape)).ToArray();
            if (unable.Length == classifiers.Count)
            {
                _ = MethodNames.WithForm(column.Name, classifiers[0].Model.Shape); // says why
            }

            foreach (var classifier in column.IsRepeat ? [] : unable)
            {
                notes.Add($"{column.Name} is not run on {classifier.Name}, which has {classifier.Model.Shape.Words}");
            }
        }

        var explaining = request.Columns is null
            ? classifiers.SelectMany(classifier => StandardMethods.For(classifier))
            : classifiers.SelectMany(classifier => columns
                .Where(column => !MethodNames.HasForm(column.Name))
                .Select(column => column.For(classifier.Model.Shape)?.Method)
                .OfType<AttributionMethod>());
        var able = classifiers.SelectMany(classifier => AttributionMethods.For(classifier.Model.Shape));
        UnreadOptions.Refuse(session, [mode], explaining, able);
        UnreadOptions.Refuse(
            session,
            how.Others,
            request.Columns is null ? explaining : classifiers.SelectMany(classifier => columns
                .Select(column => column.For(classifier.Model.Shape)?.Method)
                .OfType<AttributionMethod>()),
            able);
        notes.ForEach(session.Note);
    }

    // A name in several modes takes a column for each.
    private AskedColumn[]? Columns(ParseResult arguments)
    {
        if (arguments.GetValue(methods) is not { Length: > 0 } given)
        {
            return null;
        }

        var modes = arguments.GetValue(mode) ?? [];
        return
        [
            .. MethodNames.Split(given).SelectMany(name => MethodNames.HasForm(name) || modes.Length == 0
                ? [new AskedColumn(name)]
                : modes.Length == 1 ? [new AskedColumn(name) { Mode = modes[0] }]
                : modes.Index().Select(each => new AskedColumn(name, each.Item, each.Index > 0))),
        ];
    }

    private static IEnumerable<string> Common()
        => AttributionMethods
            .For(ModelShape.Of(MixerKind.Scan))
            .Select(method => method.Name)
            .Where(name =>
                name == "attribution" || AttributionMethods.For(ModelShape.Of(MixerKind.Softmax)).Any(other => other.Name == name));

    private CompareRequest Request(Session session)
    {
        var arguments = session.Arguments;
        var given = input.One(session);
        var named = Words(arguments.GetValue(models), StandardModels);
        if (named.Length < 2)
        {
            throw new UsageException(
                $"--models {string.Join(',', named)}: expected two or more models with commas between them; for one model: mambascope "
                    + "explain");
        }

        if (named.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"--models {string.Join(',', named)}: {twice.Key} is named twice");
        }

        if (arguments.GetValue(firstTokens) is not null && arguments.GetValue(matrices) is null)
        {
            throw new UsageException("--first-tokens is for --matrices, which is missing: give a picture file for the matrices");
        }

        return new(
            given,
            input.PictureFiles(session),
            named,
            Columns(arguments),
            how.Read(session),
            arguments.GetValue(target),
            colors.Read(arguments),
            arguments.GetValue(firstTokens) ?? StandardTokens,
            Files(session, given.Path));
    }

    private CompareFiles Files(Session session, string path)
    {
        var (named, plots, saved, mayReplace) = (
            session.Arguments.GetValue(picture),
            session.Arguments.GetValue(matrices),
            session.Arguments.GetValue(tensors),
            session.Arguments.GetValue(force));
        foreach (var (option, file) in new[] { (picture, named), (matrices, plots) })
        {
            if (file is not null && !file.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException($"{option.Name} {file}: expected a name that ends in .png");
            }
        }

        if (plots is not null)
        {
            OutputFile.Check(plots, mayReplace);
        }

        if (saved is not null)
        {
            OutputFile.Check(saved, mayReplace, "--save");
        }

        var sheet = OutputFile.Picture(
            session, named, OutputFile.Beside(path, ".compared.png", session.Arguments.GetValue(target)),
            isOnlyResult: plots is null && saved is null, mayReplace);
        return sheet is null || plots is null || Path.GetFullPath(sheet) != Path.GetFullPath(plots)
            ? new(sheet, plots, saved, OriginalOption.Read(session, original, path), mayReplace)
            : throw new UsageException($"--matrices {plots}: that is the picture of the maps; choose another name");
    }

    private static string[] Words(string[]? given, string standard)
        => [
            .. (given is { Length: > 0 } ? given : [standard]).SelectMany(word =>
                word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];

    private static void Execute<T>(Session session, CompareRequest request, IReadOnlyList<ImageClassifier> classifiers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var compared = new List<ComparedModel<T>>();
        foreach (var (classifier, written) in classifiers.Zip(request.Models))
        {
            // Short names, unless two would be called the same.
            var name = classifiers.Count(other => other.Name == classifier.Name) > 1 ? written.TrimEnd('/', '\\') : classifier.Name;
            compared.Add(ComparedModel<T>.Of(session, request, name, classifier));
        }

        var columns = compared.Max(model => model.Columns.Count);
        Deliver(session, request, [.. compared.Select(model => model.Widened(columns))]);
    }

    private static void Deliver<T>(Session session, CompareRequest request, IReadOnlyList<ComparedModel<T>> compared)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var files = request.Files;
        if (files.Tensors is { } tensors)
        {
            ComparisonTensors.Save(request, compared, tensors);
        }

        if (files.Picture is { } picture)
        {
            OutputFile.WritePng(ComparisonSheet.Render(request, compared), picture, files.MayReplace);
        }

        if (files.Matrices is { } matrices)
        {
            OutputFile.WritePng(ComparisonMatrices.Render(request, compared), matrices, files.MayReplace);
        }

        if (session.Json)
        {
            session.WriteJson(ComparisonReport.Json(request, compared));
        }
        else
        {
            ComparisonReport.Write(session.Out, request, compared);
        }

        foreach (var model in compared)
        {
            ExplanationReport.WarnOf(session, model.Explanation, model.Name);
        }
    }
}
