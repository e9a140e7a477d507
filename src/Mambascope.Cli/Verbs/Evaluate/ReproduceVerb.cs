using System.CommandLine;
using System.Text.Json.Nodes;
using Mambascope.Cli.Evaluating;
using Mambascope.Cli.Reproducing;
using Mambascope.Cli.Verbs.Evaluate.Reproduce;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>The paper's tables on the released weights and data, beside the published numbers.</summary>
internal sealed class ReproduceVerb : Verb
{
    private static readonly PublishedMethod[] perturbationMethods =
    [
        PublishedMethod.RawAttention,
        PublishedMethod.Rollout,
        PublishedMethod.Attribution,
    ];

    private readonly Option<string?> imageNet = OptionKinds.Text(
        "--imagenet", "FOLDER", "ImageNet's validation set in synset folders, for Table 1");
    private readonly Option<string?> segmentation = OptionKinds.Text(
        "--gtsegs", "FILE.mat", "ImageNet-Segmentation (gtsegs_ijcv.mat), for Table 2");
    private readonly Option<string?> vim = OptionKinds.Text("--vim", "FILE", "Weights of Vim-S, for the lines called Mamba");
    private readonly Option<string?> deit = OptionKinds.Text("--deit", "FILE", "Weights of DeiT-S, for the lines called Transformer");
    private readonly Option<string?> released = OptionKinds.Text(
        "--folder", "FOLDER", "Where all of these are looked for unless named [default: ~/.cache/mambascope/released]");
    private readonly Option<int?> images = OptionKinds.Whole(
        "--images", "N", "Pictures of each data set, spread evenly over it [default: all]", 1);
    private readonly Option<string?> output = OptionKinds.Text(
        "--out",
        "FOLDER",
        "Folder for both tables (CSV, JSON, Parquet, reproduction.html) and the results of every image (table1, table2)");
    private readonly Option<bool> resume = OptionKinds.Switch("--resume", "Go on with the results in --out after an interruption");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace results in --out");

    internal ReproduceVerb() : base(
        "reproduce", "The published Tables 1 and 2: our value, theirs and the difference; other tables and papers by a verb of their own")
    {
        foreach (var option in new Option[] { imageNet, segmentation, vim, deit, released, images, output, resume, force })
        {
            Add(option);
        }

        foreach (var paper in (Verb[])[new ArcEasyVerb(), new UnifiedAttentionVerb(), new MambaLrpVerb()])
        {
            Add(paper);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate reproduce",
            "says which files are missing, where they are published and where to put them; with all of them, both tables"),
        ("mambascope evaluate reproduce --images 500 --out reproduction", "a first answer from 500 pictures of each data set"),
        ("mambascope evaluate reproduce --out reproduction --resume", "everything; can be stopped and continued"),
        (
            "mambascope evaluate reproduce --vim vim_s.pth --gtsegs gtsegs_ijcv.mat",
            "with some of the files only: the Mamba lines of Table 2"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => $"Numbers of the paper: {PublishedTables.Source}.\n"
        + "Mamba in three forms: official (the released code), paper (its equations), exact (the whole mixer). Transformer as in the "
        + "released\n"
        + "evaluation scripts: rollout and attribution from layer 1 on; raw attention as the mean of layers and of the last layer.\n"
        + "Predicted class, black pixels, all pictures resized to 224 x 224. Table 1 in full takes days on a few cores: begin with "
        + "--images.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException(
                "evaluate runs in single precision (relevance rules that need double use it by themselves); leave --precision out");
        }

        var arguments = session.Arguments;
        if (arguments.GetValue(output) is null && (arguments.GetValue(resume) || arguments.GetValue(force)))
        {
            throw new UsageException("--resume and --force need --out: without a folder nothing is kept");
        }

        var files = Find(session);
        if (!files.AreUseful)
        {
            Refuse(session, files);
        }

        var models = new List<PublishedLine>();
        try
        {
            Open(session, files.Vim, PublishedModel.Mamba, models);
            Open(session, files.DeiT, PublishedModel.Transformer, models);
            Run(session, files, models);
        }
        finally
        {
            models.ForEach(model => model.Classifier.Dispose());
        }
    }

    private ReleasedFiles Find(Session session)
    {
        var arguments = session.Arguments;
        var folder = arguments.GetValue(released) is { } named ? new ReleasedFolder(Path.GetFullPath(named)) : ReleasedFolder.Standard;
        return new(
            folder,
            arguments.GetValue(vim) ?? folder.Find(ReleasedFile.Vim),
            arguments.GetValue(deit) ?? folder.Find(ReleasedFile.DeiT),
            arguments.GetValue(imageNet) ?? folder.Find(ReleasedFile.ImageNet),
            arguments.GetValue(segmentation) ?? folder.Find(ReleasedFile.Segmentation));
    }

    private static void Refuse(Session session, ReleasedFiles files)
    {
        if (session.Json)
        {
            session.WriteJson(
                new JsonObject
                {
                    ["source"] = PublishedTables.Source,
                    ["tables"] = new JsonObject(),
                    ["missing"] = files.Json(),
                });
        }
        else
        {
            session.Out.WriteLine("Needed and not found; a model and a data set are enough to begin:");
            files.WriteMissing(session.Out);
        }

        throw new BadInputException(
            $"nothing can be computed yet: {files.Missing.Count} of the 4 released files are missing "
                + $"({string.Join(", ", files.Missing.Select(file => file.Name))}); put them into {files.Folder.Folder} or name them with "
                + $"{string.Join(", ", files.Missing.Select(file => file.Option))}");
    }

    private static void Open(Session session, string? path, PublishedModel column, List<PublishedLine> models)
    {
        if (path is null)
        {
            return;
        }

        var classifier = ModelOptions.Open(session, path);
        models.Add(new(column, classifier));
        var expected = column == PublishedModel.Mamba ? MixerKind.Scan : MixerKind.Softmax;
        var file = column == PublishedModel.Mamba ? ReleasedFile.Vim : ReleasedFile.DeiT;
        if (!classifier.Model.Shape.IsOnly(expected))
        {
            throw new BadInputException(
                $"{file.Option} {path}: expected {file.Contents}, found a {(expected == MixerKind.Scan ? "transformer" : "Vision Mamba")}");
        }

        if (models.Count(other => other.Classifier.Name == classifier.Name) > 1)
        {
            throw new BadInputException(
                $"{ReleasedFile.Vim.Option} and {ReleasedFile.DeiT.Option}: both files are called {classifier.Name}, and results would not "
                    + "tell them apart; rename one");
        }

        var parameters = classifier.Model.AllWeights.Sum(weight => (long)weight.Count);
        if (parameters != ReleasedFile.ParametersOf(column))
        {
            session.Warn(
                $"{path} has {parameters} parameters, the published model {ReleasedFile.ParametersOf(column)}: it is another model, and "
                    + "its differences from the paper say nothing about the paper");
        }
    }

    private void Run(Session session, ReleasedFiles files, IReadOnlyList<PublishedLine> models)
    {
        var (first, second) = (new PerturbationMeasure(new()), new SegmentationMeasure());
        // Both data sets are opened before hours of work on one.
        var (pictures, masks) = (Data(session, files.ImageNet), Data(session, files.Segmentation));
        var report = new ReproductionReport(
            files, models,
            [
                new(
                    "table1",
                    ReproducedTables.Perturbation(Measure(session, first, pictures, models, perturbationMethods, "table1"), first),
                    pictures,
                    PublishedTables.ImageNetImages),
                new(
                    "table2",
                    ReproducedTables.Segmentation(
                        Measure(session, second, masks, models, Enum.GetValues<PublishedMethod>(), "table2"),
                        second),
                    masks,
                    PublishedTables.SegmentationImages),
            ]);
        IReadOnlyList<string> written = session.Arguments.GetValue(output) is { } folder ? report.Save(folder) : [];
        if (session.Json)
        {
            session.WriteJson(report.Json(written));
        }
        else
        {
            report.Write(session.Out, written);
        }
    }

    private IImageDataset? Data(Session session, string? specification)
    {
        if (specification is null)
        {
            return null;
        }

        var data = DatasetSpecification.Open(specification, new()
        {
            Decode = path => ImageFile.Decode(path),
            DecodeBytes = (bytes, name) => ImageFile.Decode(bytes, name),
        });
        return session.Arguments.GetValue(images) is { } count ? EvenSubset.Of(data, count) : data;
    }

    // Results by model; null where the data set is missing.
    private Dictionary<PublishedModel, IReadOnlyList<MethodLines>>? Measure(
        Session session, IMeasure measure, IImageDataset? data, IReadOnlyList<PublishedLine> models, PublishedMethod[] methods, string name)
    {
        if (data is null)
        {
            return null;
        }

        const int Seed = 0;
        IReadOnlyList<MeasuredMethod>[] chosen =
        [
            .. models.Select(model =>
                (IReadOnlyList<MeasuredMethod>)
                    [
                        .. PublishedForms
                            .Of(model.Model, methods)
                            .Select(form => MeasuredMethod.Of(form.Attribution, form.Options).Named(form.Name)),
                        MeasuredMethod.Random(Seed),
                        MeasuredMethod.CentreGaussian, // the paper has no oracle
                    ]),
        ];
        var cases = new PictureCases(data, [.. models.Select(model => PictureModel.Of(model.Classifier))]);
        var run = new MeasureRun(measure, cases, chosen, ExplainedClass.Predicted, Seed);
        var opened = PictureInput.Opened(run, data, [.. models.Select(model => model.Classifier)], chosen); // the models outlive it
        var lines = new List<ResultLine>();
        if (session.Arguments.GetValue(output) is not { } folder)
        {
            ResultOptions.Work(session, opened, first: 0, done => lines.AddRange(done.Lines));
        }
        else
        {
            var path = ResultFolder.Prepare(Path.Combine(folder, name));
            ResultOptions.Fill(session, opened, path, session.Arguments.GetValue(resume), session.Arguments.GetValue(force));

            // The measure's own tables and report go beside the results; stdout belongs to the two tables.
            SummaryReport.Deliver(session with { Out = TextWriter.Null }, path, slice: [], opened);
            lines.AddRange(ResultFile.Read(path).Lines);
        }

        var measured = MethodLines.Of(lines);
        return models.ToDictionary(
            model => model.Model, model => (IReadOnlyList<MethodLines>)[.. measured.Where(each => each.Model == model.Classifier.Name)]);
    }
}
